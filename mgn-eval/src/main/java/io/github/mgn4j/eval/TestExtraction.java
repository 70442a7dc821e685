package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.extract.ExtractionListener;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.extract.FeatureSink;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Extracts the features of a data set's query and gallery in one pass, and records the images that cannot be read. */
final class TestExtraction implements ExtractionListener {
    private final int dims;
    private final Source source;
    private final ReidDataset dataset;
    private final EvaluationOptions options;
    private final List<Path> paths = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final List<TestFeatures.Skipped> skipped = new ArrayList<>();
    /** Index of the first path whose features may come next. */
    private int next;

    /** Extracts the features of image files in their order, as {@link FeatureExtractor#extract} does. */
    @FunctionalInterface
    interface Source {
        void extract(List<Path> images, OnError onError, ExtractionListener listener, FeatureSink sink)
                throws IOException;
    }

    TestExtraction(int dims, Source source, ReidDataset dataset, EvaluationOptions options) {
        this.dims = dims;
        this.source = source;
        this.dataset = dataset;
        this.options = options;
    }

    /** Images whose features lie in one matrix. */
    private static final class Part {
        final List<ReidImage> images;
        final List<ReidImage> readable = new ArrayList<>();
        final float[] data;

        Part(List<ReidImage> images, int dims) {
            long values = (long) images.size() * dims;
            check(
                    values <= Integer.MAX_VALUE - 8,
                    "%d images of %d values are too many to evaluate, expected fewer than 2^31 values",
                    images.size(),
                    dims);
            this.images = images;
            data = new float[(int) values];
        }

        void add(int image, float[] row) {
            System.arraycopy(row, 0, data, readable.size() * row.length, row.length);
            readable.add(images.get(image));
        }

        LabelledFeatures features(int dims) {
            int size = readable.size() * dims;
            float[] filled = size == data.length ? data : Arrays.copyOf(data, size);
            return new LabelledFeatures(FeatureMatrix.of(filled, readable.size(), dims), Labels.of(readable));
        }
    }

    TestFeatures run() throws IOException {
        dataset.requireTest();
        check(
                !options.multiQuery() || !dataset.multiQuery().isEmpty(),
                "%s: no images for multi-query (layout %s), expected some as in Market-1501's gt_bbox",
                FileNames.text(dataset.root()),
                dataset.name());
        for (List<ReidImage> images : options.multiQuery()
                ? List.of(dataset.query(), dataset.gallery(), dataset.multiQuery())
                : List.of(dataset.query(), dataset.gallery())) {
            parts.add(new Part(images, dims));
            images.forEach(image -> paths.add(image.path()));
        }
        source.extract(paths, options.onError(), this, this::accept);
        Part query = parts.get(0);
        Part gallery = parts.get(1);
        ReidDataset readable = new ReidDataset(
                dataset.name(),
                dataset.root(),
                dataset.train(),
                query.readable,
                gallery.readable,
                dataset.multiQuery(),
                dataset.notes());
        readable.requireTest();
        LabelledFeatures queries = query.features(dims);
        return new TestFeatures(
                options.multiQuery() ? MultiQuery.average(queries, parts.get(2).features(dims)) : queries,
                gallery.features(dims),
                query.readable,
                gallery.readable,
                readable,
                skipped);
    }

    /** Receives features in the order of the paths; images that were left out are missing. */
    private void accept(Path image, float[] features) {
        while (!paths.get(next).equals(image)) {
            next++;
        }
        int place = next++;
        for (Part part : parts) {
            if (place < part.images.size()) {
                part.add(place, features);
                return;
            }
            place -= part.images.size();
        }
    }

    @Override
    public void progress(int done, int total) {
        options.progress().progress(done, total);
    }

    @Override
    public void skipped(Path image, Exception reason) {
        skipped.add(new TestFeatures.Skipped(image, reason));
    }
}
