package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.internal.Products;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.extract.JoinedExtractor;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data of an evaluation: the features of a test set's query and gallery images, and the images' files. Immutable.
 *
 * @param query features of the queries
 * @param gallery features of the gallery
 * @param queryImages the image of each row of {@code query}; empty if there are no files
 * @param galleryImages the image of each row of {@code gallery}; empty if there are no files
 * @param dataset the data set of the images, without those that were left out; null for features of no data set
 * @param skipped images that could not be read and were left out
 */
public record TestFeatures(
        LabelledFeatures query,
        LabelledFeatures gallery,
        List<ReidImage> queryImages,
        List<ReidImage> galleryImages,
        @Nullable ReidDataset dataset,
        List<Skipped> skipped) {
    /**
     * Copies the lists and checks their sizes.
     *
     * @throws EvaluationException if there are images, but not one per row
     */
    public TestFeatures {
        queryImages = List.copyOf(queryImages);
        galleryImages = List.copyOf(galleryImages);
        skipped = List.copyOf(skipped);
        checkSize("query", query, queryImages);
        checkSize("gallery", gallery, galleryImages);
    }

    /** Creates features without image files. */
    public TestFeatures(LabelledFeatures query, LabelledFeatures gallery) {
        this(query, gallery, List.of(), List.of(), null, List.of());
    }

    /**
     * An image that was left out.
     *
     * @param file the image file
     * @param reason the failure; its message names the file
     */
    public record Skipped(Path file, Exception reason) {}

    private static void checkSize(String what, LabelledFeatures features, List<ReidImage> images) {
        int rows = features.labels().size();
        check(images.isEmpty() || images.size() == rows, "%d %s features, but %d images", rows, what, images.size());
    }

    /**
     * Extracts the features of a data set's query and gallery.
     *
     * @throws io.github.mgn4j.data.DatasetException if the data set has no query or no gallery
     * @throws io.github.mgn4j.image.ImageException if an image cannot be read
     */
    public static TestFeatures extract(FeatureExtractor extractor, ReidDataset dataset) throws IOException {
        return extract(extractor, dataset, EvaluationOptions.DEFAULT);
    }

    /**
     * Extracts the features of a data set's query and gallery, and averages those of the queries if the options ask for
     * multi-query. The other options apply to {@link Evaluator#evaluate(TestFeatures, EvaluationOptions)}.
     *
     * @throws io.github.mgn4j.data.DatasetException if the data set has no query or no gallery, or none of its images
     *     can be read
     * @throws EvaluationException if multi-query is asked for and the data set has no images for it
     * @throws io.github.mgn4j.image.ImageException if an image cannot be read and the options say {@link
     *     io.github.mgn4j.image.OnError#FAIL}
     */
    public static TestFeatures extract(FeatureExtractor extractor, ReidDataset dataset, EvaluationOptions options)
            throws IOException {
        return new TestExtraction(extractor.dims(), extractor::extract, dataset, options).run();
    }

    /**
     * Extracts the features of a data set's query and gallery by several networks, joined, as {@link
     * #extract(FeatureExtractor, ReidDataset, EvaluationOptions)} does by one.
     */
    public static TestFeatures extract(JoinedExtractor extractor, ReidDataset dataset, EvaluationOptions options)
            throws IOException {
        return new TestExtraction(extractor.dims(), extractor::extract, dataset, options).run();
    }

    /**
     * Reads two feature files and the tables beside them.
     *
     * @param query features of the queries, {@code .npy}
     * @param queryFolder folder that the queries' paths are relative to; null for the folder of {@code query} if the
     *     paths lead to files there, or else the working directory
     * @param gallery features of the gallery, {@code .npy}
     * @param galleryFolder folder of the gallery, as {@code queryFolder}
     * @throws io.github.mgn4j.features.FeatureException if a file is malformed
     * @throws EvaluationException if an image has no pid
     */
    public static TestFeatures read(Path query, @Nullable Path queryFolder, Path gallery, @Nullable Path galleryFolder)
            throws IOException {
        Products.prepare();
        FeatureSet queries = FeatureSet.read(query);
        FeatureSet entries = FeatureSet.read(gallery);
        return new TestFeatures(
                LabelledFeatures.of(queries),
                LabelledFeatures.of(entries),
                images(queries.table(), query, queryFolder),
                images(entries.table(), gallery, galleryFolder),
                null,
                List.of());
    }

    private static List<ReidImage> images(FeatureTable table, Path npy, @Nullable Path folder) {
        if (folder != null) {
            return table.images(folder);
        }
        Path beside = npy.toAbsolutePath().getParent();
        return table.images(beside != null && table.isOf(beside) ? beside : Path.of(""));
    }

    /** Returns the same images with other features of the queries. */
    TestFeatures withQuery(LabelledFeatures other) {
        return new TestFeatures(other, gallery, queryImages, galleryImages, dataset, skipped);
    }
}
