package io.github.mgn4j.cli;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.ReidImage;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.extract.ExtractionListener;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.OnError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Features of a data set's query and gallery. */
record TestSet(LabelledFeatures query, LabelledFeatures gallery) {
    /**
     * The features of those images of a data set that can be read.
     *
     * @param dataset the data set without the others
     */
    record Extracted(TestSet test, ReidDataset dataset) {}

    static TestSet extract(FeatureExtractor extractor, ReidDataset dataset, Terminal terminal) throws IOException {
        return extract(extractor, dataset, OnError.FAIL, terminal).test();
    }

    static Extracted extract(FeatureExtractor extractor, ReidDataset dataset, OnError onError, Terminal terminal)
            throws IOException {
        dataset.requireTest();
        List<ReidImage> all = new ArrayList<>(dataset.query());
        all.addAll(dataset.gallery());
        List<Path> paths = all.stream().map(ReidImage::path).toList();
        float[] data = new float[Math.multiplyExact(all.size(), extractor.dims())];
        Map<Path, String> reasons = new LinkedHashMap<>();
        try (Progress progress = terminal.progress("images")) {
            int[] row = {0};
            extractor.extract(
                    paths,
                    onError,
                    new Listener(progress, reasons),
                    (image, features) ->
                            System.arraycopy(features, 0, data, row[0]++ * features.length, features.length));
        }
        reasons.values().forEach(reason -> terminal.say("skipped: " + reason));
        all.removeIf(image -> reasons.containsKey(image.path()));
        ReidDataset read = new ReidDataset(
                dataset.name(),
                dataset.root(),
                dataset.train(),
                without(dataset.query(), reasons.keySet()),
                without(dataset.gallery(), reasons.keySet()));
        read.requireTest();
        FeatureMatrix matrix = FeatureMatrix.of(data, paths.size(), extractor.dims());
        int queries = read.query().size();
        return new Extracted(new TestSet(part(matrix, all, 0, queries), part(matrix, all, queries, all.size())), read);
    }

    /** Shows how far it is, and notes what cannot be read. */
    private record Listener(Progress progress, Map<Path, String> reasons) implements ExtractionListener {
        @Override
        public void progress(int done, int total) {
            progress.update(done, total);
        }

        @Override
        public void skipped(Path image, Exception reason) {
            reasons.put(image, Failures.sentence(reason));
        }
    }

    private static List<ReidImage> without(List<ReidImage> images, Set<Path> skipped) {
        return images.stream().filter(image -> !skipped.contains(image.path())).toList();
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
