package io.github.mgn4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;

class FeatureTaskTest {
    private static Map<String, ResourceInformation> gpus(String... addresses) {
        return Map.of(
                "fpga", new ResourceInformation("fpga", new String[] {"7"}),
                "gpu", new ResourceInformation("gpu", addresses));
    }

    @Test
    void theDeviceIsTheGpuThatSparkAssigns() {
        assertThat(FeatureTask.gpu(gpus("3"))).isEqualTo(3);
        assertThat(FeatureTask.gpu(gpus("2", "1"))).isEqualTo(2);
        assertThat(FeatureTask.gpu(gpus(" 5\n"))).isEqualTo(5); // as a discovery script may print it
    }

    @Test
    void withoutResourcesItIsTheFirst() {
        assertThat(FeatureTask.gpu(Map.of())).isZero();
        assertThat(FeatureTask.gpu(gpus())).isZero();
    }

    @Test
    void anAddressThatIsNoIndexIsRefused() {
        for (String address : new String[] {"GPU-8932f937", "-1", ""}) {
            assertThatThrownBy(() -> FeatureTask.gpu(gpus(address)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("'" + address + "'", "discoveryScript", "setDevice");
        }
    }
}
