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
    void theCosineIsPyTorchs() {
        // torch.optim.lr_scheduler.CosineAnnealingLR(lr=0.1, T_max=8, eta_min=0.01) of PyTorch 1.13
        double[] wanted = {
            0.1,
            0.0965745789630079,
            0.08681980515339463,
            0.07222075445642905,
            0.055,
            0.03777924554357096,
            0.023180194846605363,
            0.013425421036992097,
            0.01
        };
        LrSchedule schedule = new LrSchedule(LrSchedule.Shape.COSINE, 0.1, List.of(), 0.1, 0.01, 0);
        for (int i = 0; i < wanted.length; i++) {
            assertThat(schedule.at(i, 3, 8)).isCloseTo(wanted[i], within(1e-15));
        }
        assertThat(schedule.at(100, 3, 8)).isEqualTo(0.01);
    }

    @Test
    void theCosineBeginsAfterTheWarmUp() {
        LrSchedule schedule = new LrSchedule(LrSchedule.Shape.COSINE, 1, List.of(), 0.1, 0, 2);
        double[] wanted = {0.25, 0.5, 0.75, 1, 1, 0.5 + Math.sqrt(0.125), 0.5, 0.5 - Math.sqrt(0.125), 0};
        for (int i = 0; i < wanted.length; i++) {
            assertThat(schedule.at(i, 2, 8)).as("step %s", i).isCloseTo(wanted[i], within(1e-12));
        }
    }

    @Test
    void refusesWhatIsNoSchedule() {
        assertThatThrownBy(() -> new LrSchedule(0, List.of(), 0.1, 0)).hasMessage("lr must be above 0, not 0.0");
        assertThatThrownBy(() -> new LrSchedule(1, List.of(3.0, 2.0), 0.1, 0)).hasMessageContaining("[3.0, 2.0]");
        assertThatThrownBy(() -> new LrSchedule(1, List.of(), 1.5, 0)).hasMessageContaining("lr-gamma");
        assertThatThrownBy(() -> new LrSchedule(1, List.of(), 1, -1)).isInstanceOf(RecipeException.class);
        assertThatThrownBy(() -> new LrSchedule(LrSchedule.Shape.COSINE, 0.1, List.of(), 1, 0.2, 0))
                .hasMessage("lr-min must be 0 or more and at most lr, not 0.2");
    }
}
