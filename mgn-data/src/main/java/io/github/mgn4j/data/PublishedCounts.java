package io.github.mgn4j.data;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The counts that the publishers of a data set state.
 *
 * @param variant the data set's name, with its variant if there are several
 * @param train counts of the training split
 * @param query counts of the queries
 * @param gallery counts of the gallery
 */
public record PublishedCounts(String variant, Split train, Split query, Split gallery) {
    /**
     * The counts of one split.
     *
     * @param images number of images, including distractors and junk
     * @param identities number of distinct persons, excluding distractors and junk
     */
    public record Split(int images, int identities) {}

    /** Returns the variant nearest to a data set by numbers of images; empty if there are no variants. */
    static Optional<PublishedCounts> nearest(List<PublishedCounts> variants, ReidDataset dataset) {
        return variants.stream().min(Comparator.comparingLong(counts -> counts.distance(dataset)));
    }

    private long distance(ReidDataset dataset) {
        return (long) Math.abs(train.images - dataset.train().size())
                + Math.abs(query.images - dataset.query().size())
                + Math.abs(gallery.images - dataset.gallery().size());
    }

    /** Returns whether a data set may be this one: at least one split has a quarter of the images or more. */
    boolean resembles(ReidDataset dataset) {
        return 4L * dataset.train().size() >= train.images
                || 4L * dataset.query().size() >= query.images
                || 4L * dataset.gallery().size() >= gallery.images;
    }
}
