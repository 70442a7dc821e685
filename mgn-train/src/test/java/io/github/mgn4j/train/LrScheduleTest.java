package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LrScheduleTest {
    @Test
    void dropsAtTheArticlesEpochs() {
        LrSchedule schedule = Recipe.market1501().schedule();
        int perEpoch = 202;
        assertThat(schedule.at(0, perEpoch, 80 * perEpoch)).isEqualTo(0.01);
        assertThat(schedule.at(40L * perEpoch - 1, perEpoch, 80 * perEpoch)).isEqualTo(0.01);
        assertThat(schedule.at(40L * perEpoch, perEpoch, 80 * perEpoch)).isCloseTo(0.001, within(1e-15));
        assertThat(schedule.at(60L * perEpoch - 1, perEpoch, 80 * perEpoch)).isCloseTo(0.001, within(1e-15));
        assertThat(schedule.at(60L * perEpoch, perEpoch, 80 * perEpoch)).isCloseTo(0.0001, within(1e-15));
    }

    @Test
    void takesPartsOfEpochs() {
        LrSchedule schedule = new LrSchedule(1, List.of(0.5), 0.5, 0);
        assertThat(schedule.at(4, 10, 100)).isEqualTo(1);
        assertThat(schedule.at(5, 10, 100)).isEqualTo(0.5);
    }

    @Test
    void warmsUpInALine() {
        LrSchedule schedule = new LrSchedule(1, List.of(), 0.1, 2);
        double[] wanted = {0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 1, 1};
        for (int i = 0; i < wanted.length; i++) {
            assertThat(schedule.at(i, 4, 10)).isCloseTo(wanted[i], within(1e-15));
        }
    }

    @Test
    void refusesWhatIsNoSchedule() {
        assertThatThrownBy(() -> new LrSchedule(0, List.of(), 0.1, 0)).hasMessage("lr must be above 0, not 0.0");
        assertThatThrownBy(() -> new LrSchedule(1, List.of(3.0, 2.0), 0.1, 0)).hasMessageContaining("[3.0, 2.0]");
        assertThatThrownBy(() -> new LrSchedule(1, List.of(), 1.5, 0)).hasMessageContaining("lr-gamma");
        assertThatThrownBy(() -> new LrSchedule(1, List.of(), 1, -1)).isInstanceOf(RecipeException.class);
    }
}
