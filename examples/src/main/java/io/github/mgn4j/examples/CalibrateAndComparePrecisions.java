package io.github.mgn4j.examples;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ProgressListener;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.onednn.Calibration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Calibrates a model for 8-bit arithmetic and measures the accuracy of each precision. */
public final class CalibrateAndComparePrecisions {
    private CalibrateAndComparePrecisions() {}

    /** Arguments: model file, folder of images, calibrated model file to write. */
    public static void main(String... args) throws IOException {
        List<Path> images = Calibration.images(Path.of(args[1]), Calibration.ENOUGH_IMAGES);
        Model model = Calibration.calibrate(ModelFile.load(Path.of(args[0])), images, ProgressListener.NONE);
        ModelFile.save(Path.of(args[2]), model);
        FeatureMatrix exact = features(model, Precision.FP32, images);
        for (Precision precision : List.of(Precision.BF16, Precision.INT8)) {
            FeatureMatrix features = features(model, precision, images);
            double worst = 1;
            for (int i = 0; i < images.size(); i++) {
                worst = Math.min(worst, cosine(exact.row(i), features.row(i)));
            }
            System.out.printf("%s: lowest cosine to fp32 %.4f%n", precision.label(), worst);
        }
    }

    private static FeatureMatrix features(Model model, Precision precision, List<Path> images) throws IOException {
        try (FeatureExtractor extractor = FeatureExtractor.builder(model)
                .engine("onednn")
                .precision(precision)
                .build()) {
            return extractor.extract(images);
        }
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squaresA += (double) a[i] * a[i];
            squaresB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(squaresA * squaresB);
    }
}
