package io.github.mgn4j.data;

import java.nio.file.Path;
import java.util.List;

/**
 * A listed data set: no image has been opened. Immutable.
 *
 * @param name of the layout it was read by
 * @param root the folder (or list file) that it was read from
 * @param train images to train on: persons only; empty where the data set has no such part
 * @param query images to search with
 * @param gallery images to search in: persons, distractors and junk
 */
public record ReidDataset(
        String name, Path root, List<ReidImage> train, List<ReidImage> query, List<ReidImage> gallery) {
    public ReidDataset {
        train = List.copyOf(train);
        query = List.copyOf(query);
        gallery = List.copyOf(gallery);
        for (ReidImage image : train) {
            DatasetException.check(image.isPerson(), "%s: pid %s among the training images", image.path(), image.pid());
        }
    }

    /**
     * The training images.
     *
     * @throws DatasetException when there are none
     */
    public List<ReidImage> requireTrain() {
        DatasetException.check(!train.isEmpty(), "%s: no training images (layout %s)", root, name);
        return train;
    }

    /**
     * Checks that the data set can be evaluated on.
     *
     * @throws DatasetException when it has no query or no gallery
     */
    public void requireTest() {
        DatasetException.check(!query.isEmpty(), "%s: no query images (layout %s)", root, name);
        DatasetException.check(!gallery.isEmpty(), "%s: no gallery images (layout %s)", root, name);
    }
}
