package io.github.mgn4j.onnx;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.model.Model;
import java.util.Set;

/** Provides ONNX Runtime on one kind of device, with the settings of {@link OnnxSettings#ofProperties}. */
public abstract sealed class OnnxEngineProvider implements EngineProvider {
    private static final int FALLBACK_PRIORITY = -20;

    private final OnnxDevice device;
    private final int priority;
    private final Set<Precision> precisions;

    private OnnxEngineProvider(OnnxDevice device, int priority, Precision... precisions) {
        this.device = device;
        this.priority = priority;
        this.precisions = Set.of(precisions);
    }

    /** The CPU. Only float32, because ONNX Runtime computes half precision as float32 between two conversions. */
    public static final class Cpu extends OnnxEngineProvider {
        public Cpu() {
            super(OnnxDevice.CPU, 5, Precision.FP32);
        }
    }

    /** An NVIDIA GPU through cuDNN. */
    public static final class Cuda extends OnnxEngineProvider {
        public Cuda() {
            super(OnnxDevice.CUDA, 100, Precision.FP32, Precision.FP16);
        }
    }

    /** An NVIDIA GPU through TensorRT. Only chosen by name, because it compiles for minutes. */
    public static final class TensorRt extends OnnxEngineProvider {
        public TensorRt() {
            super(OnnxDevice.TENSORRT, -10, Precision.FP32, Precision.FP16);
        }
    }

    @Override
    public String name() {
        return device.engine();
    }

    /** Returns the priority: the lowest if the device is available only because the CPU may take its place. */
    @Override
    public int priority() {
        return OnnxNatives.unavailableReason(device).isEmpty() ? priority : FALLBACK_PRIORITY;
    }

    @Override
    public boolean available() {
        return unavailableReason().isEmpty();
    }

    @Override
    public String unavailableReason() {
        OnnxDevice runs = OnnxSettings.ofProperties(device).fallback() ? OnnxDevice.CPU : device;
        return OnnxNatives.unavailableReason(runs);
    }

    @Override
    public Set<Precision> precisions() {
        return precisions;
    }

    /** Returns 1 for a GPU, which is the first one by default, and 0 for the CPU. */
    @Override
    public int devices() {
        return device == OnnxDevice.CPU ? 0 : 1;
    }

    @Override
    public Engine open(Model model, EngineOptions options) {
        return OnnxEngine.open(model, options.precision(), OnnxSettings.ofProperties(device));
    }
}
