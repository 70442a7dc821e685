package io.github.mgn4j.data;

import io.github.mgn4j.image.ReidImage;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The content of one split of a data set. Immutable.
 *
 * @param images number of images
 * @param identities number of distinct persons
 * @param cameras number of distinct known cameras
 * @param distractors number of images with pid 0
 * @param junk number of images with pid -1
 * @param imagesPerIdentity number of identities for each number of images, ascending
 */
public record SplitSummary(
        int images,
        int identities,
        int cameras,
        int distractors,
        int junk,
        SortedMap<Integer, Integer> imagesPerIdentity) {
    static SplitSummary of(List<ReidImage> images) {
        SortedMap<Integer, Integer> perIdentity = new TreeMap<>();
        TreeSet<Integer> cameras = new TreeSet<>();
        int distractors = 0;
        int junk = 0;
        for (ReidImage image : images) {
            if (image.camid() >= 0) {
                cameras.add(image.camid());
            }
            if (image.isPerson()) {
                perIdentity.merge(image.pid(), 1, Integer::sum);
            } else if (image.pid() == ReidImage.DISTRACTOR) {
                distractors++;
            } else {
                junk++;
            }
        }
        SortedMap<Integer, Integer> histogram = new TreeMap<>();
        perIdentity.values().forEach(count -> histogram.merge(count, 1, Integer::sum));
        return new SplitSummary(images.size(), perIdentity.size(), cameras.size(), distractors, junk, histogram);
    }
}
