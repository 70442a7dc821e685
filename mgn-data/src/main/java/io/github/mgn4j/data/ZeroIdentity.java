package io.github.mgn4j.data;

import io.github.mgn4j.image.ReidImage;
import java.util.ArrayList;
import java.util.List;

/**
 * The meaning of identity 0000 in a data set whose file names contain the identities. It is a person if it is in the queries,
 * or in training and not in the gallery; else a distractor, as in Market-1501. Since persons are numbered from 1, all
 * identities move up by one if it is a person.
 *
 * @param person whether it is a person
 */
record ZeroIdentity(boolean person) {
    static ZeroIdentity of(List<ReidImage> train, List<ReidImage> query, List<ReidImage> gallery) {
        return new ZeroIdentity(count(query, ReidImage.DISTRACTOR) > 0
                || (count(train, ReidImage.DISTRACTOR) > 0 && count(gallery, ReidImage.DISTRACTOR) == 0));
    }

    private static long count(List<ReidImage> images, int pid) {
        return images.stream().filter(image -> image.pid() == pid).count();
    }

    /** Returns the images with the resulting numbers of the identities. */
    List<ReidImage> numbered(List<ReidImage> images) {
        return !person
                ? images
                : images.stream()
                        .map(image -> image.pid() == ReidImage.JUNK
                                ? image
                                : new ReidImage(image.folder(), image.name(), image.pid() + 1, image.camid()))
                        .toList();
    }

    /** Returns the images that show a person. */
    List<ReidImage> persons(List<ReidImage> images) {
        return numbered(images).stream().filter(ReidImage::isPerson).toList();
    }

    /** Returns the notes about the training images. */
    List<String> notes(List<ReidImage> train) {
        long zeros = count(train, ReidImage.DISTRACTOR);
        List<String> notes = new ArrayList<>();
        if (person) {
            notes.add("identity 0000 is a person here (" + zeros
                    + " training images): every identity has the number of its name and one more");
        } else if (zeros > 0) {
            notes.add(zeros + " training images of identity 0000 are left out: in the gallery these are distractors");
        }
        long junk = count(train, ReidImage.JUNK);
        if (junk > 0) {
            notes.add(junk + " training images of identity -1 (junk) are left out");
        }
        return notes;
    }
}
