package io.github.mgn4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.weights.Model;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs a network over images of the kind that it will see, and notes how large its values become. */
public final class Calibrator {
    private static final int BATCH = 8;

    private Calibrator() {}

    /**
     * Looks at image files, on the CPU. A few hundred, of all cameras, are enough; time and not memory grows with their
     * number.
     *
     * @throws io.github.mgn4j.image.ImageException if one is not an image
     * @throws OnnxException if there are none
     */
    public static Calibration calibrate(Model model, List<Path> images) throws IOException {
        OnnxException.check(!images.isEmpty(), "calibration needs at least one image");
        Path file = Files.createTempFile("mgn", ".onnx");
        try {
            OnnxExporter.write(OnnxNetwork.observed(model), model, file);
            try (OrtSession session = OnnxSessions.open(file, Precision.FP32, OnnxSettings.of(OnnxDevice.CPU))) {
                return new Calibration(largest(session, model.spec().input(), images));
            }
        } catch (OrtException e) {
            throw new EngineException("calibration failed: " + OnnxSessions.sentence(e), e);
        } finally {
            Files.delete(file);
        }
    }

    private static Map<String, Float> largest(OrtSession session, InputSize size, List<Path> images)
            throws IOException, OrtException {
        Preprocessor preprocessor = new Preprocessor(size, Resampling.BILINEAR);
        Map<String, Float> largest = new HashMap<>();
        for (int from = 0; from < images.size(); from += BATCH) {
            List<Path> batch = images.subList(from, Math.min(from + BATCH, images.size()));
            FloatBuffer values = FloatBuffer.allocate(batch.size() * preprocessor.length());
            for (int i = 0; i < batch.size(); i++) {
                preprocessor.write(
                        ImageDecoder.decode(batch.get(i)), false, Layout.NCHW, values, i * preprocessor.length());
            }
            long[] shape = {batch.size(), 3, size.height(), size.width()};
            try (OnnxTensor input = OnnxTensor.createTensor(OnnxSessions.environment(), values, shape);
                    OrtSession.Result result = session.run(Map.of(OnnxExporter.IMAGES, input))) {
                for (Map.Entry<String, OnnxValue> output : result) {
                    if (output.getKey().startsWith(OnnxNetwork.LARGEST)) {
                        float found = ((OnnxTensor) output.getValue())
                                .getFloatBuffer()
                                .get(0);
                        largest.merge(output.getKey().substring(OnnxNetwork.LARGEST.length()), found, Math::max);
                    }
                }
            }
        }
        return largest;
    }
}
