package io.github.mgn4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0; 1; true; 0% 20% 40% 60% 80% 100%",
                "0.9; 1; true; 90% 92% 94% 96% 98% 100%",
                "0; 0.031; true; 0% 1% 2% 3%",
                "1; 50; false; 10 20 30 40 50",
                "0; 16000; false; 0 5,000 10,000 15,000",
                "0.1; 0.45; false; 0.1 0.2 0.3 0.4",
                "-0.02; 0.02; false; -0.02 -0.01 0.00 0.01 0.02",
            })
    void ticksAreAtRoundNumbers(double from, double to, boolean percent, String expected) {
        Axis axis = new Axis("x", from, to, percent);
        List<Double> ticks = axis.ticks(5);
        double step = ticks.get(1) - ticks.get(0);
        assertThat(ticks.stream().map(tick -> axis.format(tick, step)).collect(Collectors.joining(" ")))
                .isEqualTo(expected);
    }

    @Test
    void aLogarithmicAxisHasItsTicksAtPowersOfTen() {
        Axis axis = new Axis("x", 1e-4, 0.1, true, true);
        assertThat(axis.ticks(5).stream().map(tick -> axis.format(tick, 1)))
                .containsExactly("0.01%", "0.1%", "1%", "10%");
        assertThat(new Axis("x", 0.05, 2000, false, true).ticks(5).stream().map(tick -> axis.format(tick, 1)))
                .containsExactly("10%", "100%", "1,000%", "10,000%", "100,000%");
        assertThat(axis.position(1e-4)).isZero();
        assertThat(axis.position(1e-2)).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(axis.position(0.1)).isEqualTo(1);
    }

    @Test
    void anyRangeHasAFewTicksInside() {
        Random random = new Random(1);
        for (int n = 0; n < 1000; n++) {
            double from = random.nextGaussian() * Math.pow(10, random.nextInt(8) - 4);
            double to = from + random.nextDouble() * Math.pow(10, random.nextInt(8) - 4);
            List<Double> ticks = new Axis("x", from, to, false).ticks(5);
            assertThat(ticks).hasSizeBetween(1, 7);
            assertThat(ticks).allMatch(tick -> tick >= from - 1e-6 && tick <= to + 1e-6);
        }
        assertThat(new Axis("x", 3, 3, false).position(3)).isZero();
    }
}
