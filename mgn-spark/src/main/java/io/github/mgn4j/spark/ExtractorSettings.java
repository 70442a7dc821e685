package io.github.mgn4j.spark;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.extract.FeatureExtractorBuilder;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * What an executor needs to open an extractor.
 *
 * @param batch the largest number of images per engine call
 * @param flip whether a feature is the mean with the mirror's; null as the model says
 * @param device index of the accelerator
 */
record ExtractorSettings(
        ModelReference model,
        String engine,
        Precision precision,
        int batch,
        @Nullable Boolean flip,
        int device) implements Serializable {
    private static final long serialVersionUID = 1L;

    ExtractorSettings withDevice(int index) {
        return new ExtractorSettings(model, engine, precision, batch, flip, index);
    }

    FeatureExtractor open() {
        try {
            FeatureExtractorBuilder builder = FeatureExtractor.builder(ModelFile.load(model.local()))
                    .engine(engine)
                    .precision(precision)
                    .batch(batch)
                    .devices(device);
            if (flip != null) {
                builder.flip(flip);
            }
            return builder.build();
        } catch (IOException e) {
            throw new UncheckedIOException("model " + model.path() + " cannot be read: " + e.getMessage(), e);
        }
    }
}
