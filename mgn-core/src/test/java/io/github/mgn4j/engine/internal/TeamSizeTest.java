package io.github.mgn4j.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Times are those of a full network: 90 on two cores, 170 on one, 250 on two if one of them is shared. */
class TeamSizeTest {
    private final TeamSize team = new TeamSize(2);

    @Test
    void usesAllCoresWhileTheyAreQuiet() {
        assertThat(alone(1000, threads -> threads == 2 ? 90 : 170)).isZero();
    }

    @Test
    void aSingleSlowBatchChangesNothing() {
        alone(10, threads -> 90);
        assertThat(alone(1, threads -> 300)).isZero();
        assertThat(alone(100, threads -> 90)).isZero();
    }

    @Test
    void oneThreadComputesNearlyAllBatchesBesideABusyNeighbourAndNoneAfterwards() {
        alone(10, threads -> 90);
        assertThat(alone(1000, threads -> threads == 2 ? 250 : 170)).isBetween(950, 990);
        alone(64, threads -> threads == 2 ? 90 : 170); // still within the last span
        assertThat(alone(1000, threads -> threads == 2 ? 90 : 170)).isZero();
    }

    @Test
    void oneThreadIsTriedRarelyIfItIsNoFaster() {
        alone(10, threads -> 90);
        assertThat(alone(1000, threads -> threads == 2 ? 250 : 400)).isBetween(1, 20);
    }

    @Test
    void theFirstBatchesMayBeSlow() {
        assertThat(alone(1, threads -> 900)).isZero();
        assertThat(alone(1, threads -> 500)).isZero();
        assertThat(alone(100, threads -> 90)).isZero();
    }

    /** Returns how many of the batches one thread computed. */
    private int alone(int batches, IntUnaryOperator time) {
        int count = 0;
        for (int i = 0; i < batches; i++) {
            int threads = team.next();
            count += threads == 1 ? 1 : 0;
            team.took(time.applyAsInt(threads));
        }
        return count;
    }
}
