package io.github.mgn4j.data;

import io.github.mgn4j.image.ReidImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A listed data set, whose images have not been opened. Immutable.
 *
 * @param name name of the format
 * @param root the folder (or list file) of the data set
 * @param train images to train on, persons only; empty if the data set has no training split
 * @param query images to search with
 * @param gallery images to search in: persons, distractors and junk
 * @param multiQuery additional images of the query persons (Market-1501's {@code gt_bbox}); empty in most data sets
 * @param notes notes for the user about identities that are excluded, or counted differently from their names; one sentence
 *     each
 */
public record ReidDataset(
        String name,
        Path root,
        List<ReidImage> train,
        List<ReidImage> query,
        List<ReidImage> gallery,
        List<ReidImage> multiQuery,
        List<String> notes) {
    public ReidDataset {
        notes = List.copyOf(notes);
        train = List.copyOf(train);
        query = List.copyOf(query);
        gallery = List.copyOf(gallery);
        multiQuery = List.copyOf(multiQuery);
        List.of(train, query, gallery, multiQuery).forEach(ReidDataset::requireImages);
        requirePersons("training", train);
        requirePersons("multi-query", multiQuery);
    }

    /** Creates a data set without images for multi-query. */
    public ReidDataset(String name, Path root, List<ReidImage> train, List<ReidImage> query, List<ReidImage> gallery) {
        this(name, root, train, query, gallery, List.of(), List.of());
    }

    private static void requireImages(List<ReidImage> images) {
        for (ReidImage image : images) {
            DatasetException.check(
                    !image.name().isEmpty(), "%s: expected an image file, found no name", image.folder());
            DatasetException.check(
                    image.pid() >= ReidImage.JUNK,
                    "%s: expected a pid of at least -1 (junk), found %s",
                    image.path(),
                    image.pid());
        }
    }

    private static void requirePersons(String what, List<ReidImage> images) {
        for (ReidImage image : images) {
            DatasetException.check(image.isPerson(), "%s: pid %s among the %s images", image.path(), image.pid(), what);
        }
    }

    /**
     * Returns for each query, in order, the images whose features multi-query evaluation averages: those in {@link #multiQuery}
     * of the same person under the same camera, or the query itself if there are none (Zheng et al., Scalable Person
     * Re-identification, ICCV 2015).
     */
    public List<List<ReidImage>> multiQueries() {
        Map<Long, List<ReidImage>> byPersonAndCamera = new HashMap<>();
        for (ReidImage image : multiQuery) {
            byPersonAndCamera
                    .computeIfAbsent(personAndCamera(image), key -> new ArrayList<>())
                    .add(image);
        }
        List<List<ReidImage>> queries = new ArrayList<>(query.size());
        for (ReidImage image : query) {
            List<ReidImage> itself = List.of(image);
            queries.add(
                    image.camid() < 0
                            ? itself // an unknown camera matches no other image
                            : List.copyOf(byPersonAndCamera.getOrDefault(personAndCamera(image), itself)));
        }
        return queries;
    }

    private static long personAndCamera(ReidImage image) {
        return (long) image.pid() << Integer.SIZE | image.camid();
    }

    /**
     * Returns the training images.
     *
     * @throws DatasetException if there are none
     */
    public List<ReidImage> requireTrain() {
        DatasetException.check(!train.isEmpty(), "%s: no training images (layout %s)", root, name);
        return train;
    }

    /**
     * Checks that the data set can be used for evaluation.
     *
     * @throws DatasetException if it has no query or no gallery
     */
    public void requireTest() {
        DatasetException.check(!query.isEmpty(), "%s: no query images (layout %s)", root, name);
        DatasetException.check(!gallery.isEmpty(), "%s: no gallery images (layout %s)", root, name);
    }
}
