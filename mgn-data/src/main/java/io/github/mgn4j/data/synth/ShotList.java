package io.github.mgn4j.data.synth;

import java.util.AbstractList;
import java.util.Locale;
import java.util.RandomAccess;

/**
 * Lists the images of a data set and names them as in Market-1501: the persons in training, those in test, the distractors,
 * the junk. Elements are created on access, since there may be twenty million.
 */
final class ShotList extends AbstractList<Shot> implements RandomAccess {
    static final String TRAIN = "bounding_box_train";
    static final String QUERY = "query";
    static final String GALLERY = "bounding_box_test";

    private final SynthOptions options;
    private final int train;
    private final int test;
    private final int distractors;
    private final int junk;

    ShotList(SynthOptions options) {
        this.options = options;
        train = options.ids() * options.cameras() * options.images();
        test = options.ids() * options.cameras() * (options.images() + 1);
        distractors = Math.max(2, train / 5);
        junk = Math.max(1, train / 20);
    }

    @Override
    public int size() {
        return train + test + distractors + junk;
    }

    @Override
    public Shot get(int index) {
        int i = index;
        if (i < train) {
            return person(index, 1, i, options.images());
        }
        i -= train;
        if (i < test) {
            return person(index, options.ids() + 1, i, options.images() + 1);
        }
        i -= test;
        if (i < distractors) {
            return distractor(index, i);
        }
        return junk(index, i - distractors);
    }

    /** Returns an image of a person. The last take of a test person under a camera is the query. */
    private Shot person(int index, int firstPid, int i, int takes) {
        int pid = firstPid + i / (takes * options.cameras());
        int take = 1 + i % takes;
        String testFolder = take > options.images() ? QUERY : GALLERY;
        return shot(
                index,
                pid <= options.ids() ? TRAIN : testFolder,
                pid,
                Shot.Kind.PERSON,
                pid,
                1 + i / takes % options.cameras(),
                take);
    }

    /** Returns a distractor. There is one per five gallery images: half look-alikes of query persons, half false detections. */
    private Shot distractor(int index, int i) {
        Shot.Kind kind = i % 2 == 0 ? Shot.Kind.LOOK_ALIKE : Shot.Kind.NOBODY;
        int who = options.ids() + 1 + i / 2 % options.ids();
        return shot(index, GALLERY, 0, kind, who, 1 + i / 2 % options.cameras(), 1 + i);
    }

    /** Returns a junk image. There is one per twenty gallery images. */
    private Shot junk(int index, int i) {
        int who = options.ids() + 1 + i % options.ids();
        return shot(index, GALLERY, -1, Shot.Kind.FRAGMENT, who, 1 + i % options.cameras(), 1 + i);
    }

    private static Shot shot(int index, String folder, int pid, Shot.Kind kind, int who, int camera, int take) {
        String person = pid < 0 ? "-1" : String.format(Locale.ROOT, "%04d", pid);
        int frame = 25 * index + 1; // as if taken from one film
        String name = String.format(Locale.ROOT, "%s_c%ds1_%06d_%02d.jpg", person, camera, frame, 1);
        return new Shot(folder, name, kind, who, camera, take);
    }
}
