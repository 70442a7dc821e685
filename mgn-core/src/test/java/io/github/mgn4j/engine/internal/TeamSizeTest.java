package io.github.mgn4j.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

/** Times are those of a full network: 90 on two cores, 170 on one, 250 on two if one of them is shared. */
class TeamSizeTest {
    private final TeamSize team = new TeamSize(2);

    private static int quiet(int batch, int threads) {
        return threads == 2 ? 90 : 170;
    }

    private static int busy(int batch, int threads) {
        return threads == 2 ? 250 : 170;
    }

    @Test
    void usesAllCoresWhileTheyAreQuiet() {
        assertThat(alone(1000, TeamSizeTest::quiet)).isZero();
    }

    @Test
    void theFirstBatchesMayBeSlow() {
        assertThat(alone(1000, (batch, threads) -> threads == 2 ? 90 + 1000 / (batch + 1) : 170))
                .isZero();
    }

    @Test
    void aSingleSlowBatchChangesNothing() {
        alone(20, TeamSizeTest::quiet);
        assertThat(alone(1, (batch, threads) -> 300)).isZero();
        assertThat(alone(1000, TeamSizeTest::quiet)).isZero();
    }

    @Test
    void oneThreadComputesNearlyAllBatchesBesideABusyNeighbourAndNoneAfterwards() {
        alone(20, TeamSizeTest::quiet);
        assertThat(alone(1000, TeamSizeTest::busy)).isBetween(940, 990);
        alone(32, TeamSizeTest::quiet); // while one thread still computes
        assertThat(alone(1000, TeamSizeTest::quiet)).isZero();
    }

    @Test
    void oneThreadComputesMostBatchesIfEveryTenthStalls() {
        alone(20, (batch, threads) -> threads == 2 ? 10 : 18);
        assertThat(alone(1000, (batch, threads) -> threads == 2 ? (batch % 10 == 0 ? 300 : 10) : 18))
                .isBetween(700, 990);
    }

    @Test
    void rareStallsAreNoReason() {
        alone(20, (batch, threads) -> threads == 2 ? 10 : 18);
        assertThat(alone(10_000, (batch, threads) -> threads == 2 ? (batch % 200 == 0 ? 200 : 10) : 18))
                .isLessThan(1500);
    }

    @Test
    void oneThreadIsTriedRarelyIfItIsNoFaster() {
        alone(20, TeamSizeTest::quiet);
        assertThat(alone(1000, (batch, threads) -> threads == 2 ? 250 : 400)).isBetween(1, 80);
    }

    @Test
    void oneCoreIsOneThread() {
        TeamSize single = new TeamSize(1);
        for (int i = 0; i < 100; i++) {
            assertThat(single.next()).isEqualTo(1);
            single.took(i % 10 + 1);
        }
    }

    /** Returns how many of the batches one thread computed. */
    private int alone(int batches, IntBinaryOperator time) {
        int count = 0;
        for (int i = 0; i < batches; i++) {
            int threads = team.next();
            count += threads == 1 ? 1 : 0;
            team.took(time.applyAsInt(i, threads));
        }
        return count;
    }
}
