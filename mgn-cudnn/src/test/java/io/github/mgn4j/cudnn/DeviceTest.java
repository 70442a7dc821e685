package io.github.mgn4j.cudnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Why there is no GPU to compute on, in one sentence for each reason. */
class DeviceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cudart | no jnicudart in java.library.path: /lib | there are no natives of org.bytedeco:cuda",
                "cudart | /tmp/libjnicudart.so: libcuda.so.1: cannot open shared object file | there is no NVIDIA driver",
                "cudart | /tmp/libjnicudart.so: libcudart.so.13: cannot open shared object file | there is no CUDA 13",
                "nvrtc | /tmp/libjninvrtc.so: libnvrtc.so.13: cannot open shared object file | there is no CUDA 13 (libnvrtc",
                "cudnn | /tmp/libjnicudnn.so: libcudnn.so.9: cannot open shared object file | there is no cuDNN 9 (libcudnn.so.9",
                "cudnn | no jnicublas in java.library.path libjnicublas.so: libcublas.so.13: cannot open shared object file | there is no CUDA 13 (libcublas.so.13 was not found)",
                "cudnn | jnicudnn.dll: Can't find dependent libraries | there is no cuDNN 9 (cuDNN was not found)"
            })
    void whatIsMissingIsNamed(String library, String message, String expected) {
        assertThat(Device.missing(library, message)).startsWith(expected).doesNotContain("\n");
    }

    @Test
    void aDriverThatIsTooOldIsToldFromNone() {
        assertThat(Device.noDevice(35, 12_080))
                .isEqualTo("the NVIDIA driver is too old: it has CUDA 12.8, CUDA 13 is needed (driver 580 or newer)");
        assertThat(Device.noDevice(35, 0)).isEqualTo("there is no NVIDIA driver");
        assertThat(Device.noDevice(100, 13_000)).startsWith("CUDA shows no GPU (status 100, CUDA_VISIBLE_DEVICES is");
        assertThat(Device.tooSmall("Tesla P100")).contains("7.5", "Tesla P100");
    }

    @Test
    void formatsNeedTheirInstructions() {
        Device turing = new Device(0, "T4", 75);
        Device ampere = new Device(0, "A100", 80);
        Device hopper = new Device(0, "NVIDIA H100 80GB HBM3", 90);
        assertThat(Format.values()).allMatch(hopper::has);
        assertThat(Format.values()).filteredOn(f -> !ampere.has(f)).containsExactly(Format.E4M3);
        assertThat(Format.values()).filteredOn(turing::has).containsExactly(Format.F32, Format.F16);
        assertThat(hopper.fileName()).isEqualTo("nvidia-h100-80gb-hbm3-sm90");
    }

    @Test
    void withoutAGpuTheEngineIsPassedOverAndSaysWhy() {
        CudnnEngineProvider provider = new CudnnEngineProvider();
        assumeTrue(!provider.available(), "there is a GPU here");
        assertThat(Engines.providers()).anyMatch(p -> p.name().equals("cudnn"));
        assertThat(provider.unavailableReason()).isNotEmpty().doesNotContain("\n");
        assertThat(provider.devices()).isZero();
        Model model = ReferenceWeights.model(
                MgnSpec.mgn(2).toBuilder().backbone(18, 1.0 / 16).input(96, 32).build());
        assertThatThrownBy(() -> Engines.open("cudnn", model, new EngineOptions(Precision.FP16, 1)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("the engine cudnn cannot run here: " + provider.unavailableReason());
        assertThatThrownBy(() -> provider.open(model, new EngineOptions(Precision.FP16, 1)))
                .hasMessage("the engine cudnn cannot run here: " + provider.unavailableReason());
    }
}
