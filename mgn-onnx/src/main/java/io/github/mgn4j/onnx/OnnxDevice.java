package io.github.mgn4j.onnx;

import ai.onnxruntime.OrtProvider;

/** Where ONNX Runtime computes. */
public enum OnnxDevice {
    CPU("onnx", OrtProvider.CPU),
    /** NVIDIA GPUs through cuDNN; needs {@code onnxruntime_gpu} in the place of {@code onnxruntime}, CUDA and cuDNN. */
    CUDA("onnx-cuda", OrtProvider.CUDA),
    /** NVIDIA GPUs through TensorRT, which compiles the network for minutes when it first sees a batch size. */
    TENSORRT("onnx-tensorrt", OrtProvider.TENSOR_RT);

    private final String engine;
    private final OrtProvider provider;

    OnnxDevice(String engine, OrtProvider provider) {
        this.engine = engine;
        this.provider = provider;
    }

    /** The name that {@code --engine} knows it by. */
    public String engine() {
        return engine;
    }

    OrtProvider provider() {
        return provider;
    }
}
