package io.github.mgn4j.bench.peers;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.file.Path;
import java.util.Set;

/** ONNX Runtime by its plain Java API. */
public final class OnnxRuntimeProvider extends PeerProvider {
    static final String NAME = "onnxruntime";

    public OnnxRuntimeProvider() {
        super(NAME, Set.of(Precision.FP32, Precision.INT8), ".onnx");
    }

    @Override
    Engine open(MgnSpec spec, Precision precision, Path file) {
        return OnnxRuntimeEngine.open(spec, precision, file);
    }
}
