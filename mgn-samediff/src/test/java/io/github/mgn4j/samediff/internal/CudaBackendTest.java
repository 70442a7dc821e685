package io.github.mgn4j.samediff.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.samediff.SameDiffEngineProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CudaBackendTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Tesla K80, 3.7\n",
                "Tesla T4, 7.5\n",
                "NVIDIA A100-SXM4-80GB, 8.0\n",
                "NVIDIA L4, 8.9\n",
                "NVIDIA H100 PCIe, 9.0\nNVIDIA L4, 8.9\n",
                "old driver, [N/A]\n"
            })
    void gpusThatThereIsCodeFor(String gpus) {
        assertThat(CudaBackend.unavailableReason(gpus)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NVIDIA H100 80GB HBM3, 9.0",
                "NVIDIA B200, 10.0",
                "NVIDIA GeForce RTX 5090, 12.0",
                "Tesla K40m, 3.5"
            })
    void othersAreNamedInOneSentence(String gpu) {
        assertThat(CudaBackend.unavailableReason(gpu + "\n"))
                .isEqualTo("nd4j-cuda-11.6 has no code for this GPU (" + gpu + "), only for compute capability 3.7 to"
                        + " 8.9: engine onnx-cuda runs on it, the backend nd4j-native runs on the CPU");
    }

    @Test
    void noGpu() {
        assertThat(CudaBackend.unavailableReason(""))
                .isEqualTo("nd4j-cuda-11.6 finds no NVIDIA GPU (nvidia-smi lists none): the backend nd4j-native runs on"
                        + " the CPU");
    }

    @Test
    void missingLibraries() {
        UnsatisfiedLinkError cause =
                new UnsatisfiedLinkError("/root/.javacpp/cache/cuda.jar/libjnicudart.so: libcudnn.so.8:"
                        + " cannot open shared object file: No such file or directory");
        assertThat(CudaBackend.missing(new ExceptionInInitializerError(cause)))
                .isEqualTo("nd4j-cuda-11.6 needs CUDA 11.6, cuDNN 8.3 and the NVIDIA driver, and cannot be loaded"
                        + " (libcudnn.so.8: cannot open shared object file: No such file or directory):"
                        + " the backend nd4j-native runs on the CPU");
    }

    /** The tests' backend is the one for CPUs. */
    @Test
    void onlyTheGpuBackendIsLookedAt() {
        assertThat(CudaBackend.unavailableReason()).isEmpty();
        assertThat(CudaBackend.isUsable()).isFalse();
        assertThat(new SameDiffEngineProvider().priority()).isZero();
    }
}
