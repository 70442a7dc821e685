package io.github.mgn4j.onnx;

import ai.onnxruntime.OrtProvider;

/** The devices that ONNX Runtime computes on. */
public enum OnnxDevice {
    CPU("onnx", OrtProvider.CPU),
    /** NVIDIA GPUs through cuDNN. Needs CUDA, cuDNN, and {@code onnxruntime_gpu} instead of {@code onnxruntime}. */
    CUDA("onnx-cuda", OrtProvider.CUDA),
    /** NVIDIA GPUs through TensorRT, which compiles the network for minutes at the first batch of each size. */
    TENSORRT("onnx-tensorrt", OrtProvider.TENSOR_RT);

    private final String engine;
    private final OrtProvider provider;

    OnnxDevice(String engine, OrtProvider provider) {
        this.engine = engine;
        this.provider = provider;
    }

    /** Returns the engine's name for {@code --engine}. */
    public String engine() {
        return engine;
    }

    OrtProvider provider() {
        return provider;
    }
}
