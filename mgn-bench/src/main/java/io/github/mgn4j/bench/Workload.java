package io.github.mgn4j.bench;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.onednn.Calibration;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Presets;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Locale;

/** A batch of one size for an engine: the formula's images in, features out, in direct buffers. */
final class Workload {
    /** A network small enough for tests and rehearsals. */
    static final String TINY = "tiny";

    private static final int CLASSES = 751;

    private final Engine engine;
    private final int batch;
    private final FloatBuffer images;
    private final FloatBuffer features;

    /** Prepares a batch for an engine, which the caller closes. */
    Workload(Engine engine, int batch) {
        this.engine = engine;
        this.batch = batch;
        images = FormulaInputs.images(engine.spec(), batch, engine.inputLayout());
        features = Buffers.allocate((long) batch * engine.spec().featureLength());
    }

    /** Opens {@code engine/precision} as in {@code onednn/bf16}. */
    static Engine open(String choice, Model model, int batch) {
        return Engines.open(engineOf(choice), model, new EngineOptions(precisionOf(choice), batch));
    }

    static String engineOf(String choice) {
        return choice.substring(0, choice.indexOf('/'));
    }

    static Precision precisionOf(String choice) {
        return precision(choice.substring(choice.indexOf('/') + 1));
    }

    static Precision precision(String name) {
        return Precision.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /**
     * Returns the model for {@code engine/precision}: a file's, or the formula's, for int8 with ranges from its images.
     *
     * @param network see {@link #spec}
     * @param file a model file, or empty
     */
    static Model model(String choice, String network, String file) throws IOException {
        if (!file.isEmpty()) {
            return ModelFile.load(Path.of(file));
        }
        Model model = ReferenceWeights.model(spec(network));
        if (precisionOf(choice) != Precision.INT8) {
            return model;
        }
        try (Calibration calibration = new Calibration(model)) {
            calibration.add(FormulaInputs.images(model.spec(), 1, calibration.inputLayout()));
            return calibration.calibrated();
        }
    }

    static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    /** Returns a preset of the article's ablation, or {@link #TINY}. */
    static MgnSpec spec(String network) {
        return network.equals(TINY) ? FormulaInputs.tiny(CLASSES) : Presets.named(network, CLASSES);
    }

    /** Computes the batch's features. */
    FloatBuffer run() {
        engine.run(images, batch, features);
        return features;
    }
}
