package io.github.mgn4j.cli;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.ReidImage;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.extract.ExtractionListener;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.extract.OnError;
import io.github.mgn4j.features.FeatureMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Features of a data set's query and gallery. */
record TestSet(LabelledFeatures query, LabelledFeatures gallery) {
    static TestSet extract(FeatureExtractor extractor, ReidDataset dataset, Terminal terminal) throws IOException {
        dataset.requireTest();
        List<ReidImage> all = new ArrayList<>(dataset.query());
        all.addAll(dataset.gallery());
        List<Path> paths = all.stream().map(ReidImage::path).toList();
        float[] data = new float[Math.multiplyExact(all.size(), extractor.dims())];
        int[] row = {0};
        try (Progress progress = terminal.progress("images")) {
            ExtractionListener listener = progress::update;
            extractor.extract(paths, OnError.FAIL, listener, (image, features) -> {
                System.arraycopy(features, 0, data, row[0]++ * features.length, features.length);
            });
        }
        FeatureMatrix matrix = FeatureMatrix.of(data, all.size(), extractor.dims());
        int queries = dataset.query().size();
        return new TestSet(part(matrix, all, 0, queries), part(matrix, all, queries, all.size()));
    }

    private static LabelledFeatures part(FeatureMatrix matrix, List<ReidImage> images, int from, int to) {
        int[] rows = new int[to - from];
        int[] pids = new int[to - from];
        int[] camids = new int[to - from];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = from + i;
            pids[i] = images.get(from + i).pid();
            camids[i] = images.get(from + i).camid();
        }
        return new LabelledFeatures(matrix.select(rows), pids, camids);
    }
}
