package io.github.mgn4j.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Bf16Test {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, -0.0",
        "1, 1",
        "0x1.01p0, 0x1p0",
        "0x1.03p0, 0x1.04p0",
        "0x1.010002p0, 0x1.02p0",
        "-0x1.03p0, -0x1.04p0",
        "0x1.ffp9, 0x1p10"
    })
    void halvesGoToTheEvenNumber(float value, float rounded) {
        assertThat(Bf16.round(value)).isEqualTo(rounded);
    }

    @Test
    void keepsEightBits() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            float value = (float) Math.scalb(random.nextGaussian(), random.nextInt(80) - 40);
            double step = Math.scalb(1.0, Math.getExponent(value) - 7);
            assertThat(Bf16.round(value)).isEqualTo((float) (Math.rint(value / step) * step));
        }
    }
}
