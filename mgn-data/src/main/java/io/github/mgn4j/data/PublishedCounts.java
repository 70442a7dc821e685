package io.github.mgn4j.data;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Counts that the publishers of a data set state.
 *
 * @param variant the data set's name, with its variant where there are several
 */
public record PublishedCounts(String variant, Split train, Split query, Split gallery) {
    /**
     * Counts of one split.
     *
     * @param images all of them, distractors and junk included
     * @param identities distinct persons, distractors and junk not included
     */
    public record Split(int images, int identities) {}

    /** The variant that a data set is nearest to by its numbers of images; empty when there is none at all. */
    static Optional<PublishedCounts> nearest(List<PublishedCounts> variants, ReidDataset dataset) {
        return variants.stream().min(Comparator.comparingLong(counts -> counts.distance(dataset)));
    }

    private long distance(ReidDataset dataset) {
        return (long) Math.abs(train.images - dataset.train().size())
                + Math.abs(query.images - dataset.query().size())
                + Math.abs(gallery.images - dataset.gallery().size());
    }

    /** Whether a data set may be meant to be this one: some part of it has at least a quarter of the images. */
    boolean resembles(ReidDataset dataset) {
        return 4L * dataset.train().size() >= train.images
                || 4L * dataset.query().size() >= query.images
                || 4L * dataset.gallery().size() >= gallery.images;
    }
}
