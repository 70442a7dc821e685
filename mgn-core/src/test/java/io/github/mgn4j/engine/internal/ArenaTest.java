package io.github.mgn4j.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArenaTest {
    private static final int ALIGNMENT = 64;

    private record Life(Arena.Block block, long bytes, int first, int last) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void blocksThatLiveTogetherDoNotOverlap(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Arena arena = new Arena(ALIGNMENT);
        List<Life> lives = new ArrayList<>();
        for (int time = 0; time < 60; time++) {
            long bytes = random.nextLong(1, 5000);
            Arena.Block block = arena.block(bytes, time);
            int last = time + random.nextInt(6);
            block.usedAt(last);
            block.usedAt(time); // earlier reads change nothing
            lives.add(new Life(block, bytes, time, last));
        }
        long total = arena.layOut();
        long all = 0;
        for (Life a : lives) {
            all += a.bytes;
            assertThat(a.block.offset() % ALIGNMENT).isZero();
            assertThat(a.block.offset() + a.bytes).isLessThanOrEqualTo(total);
            for (Life b : lives) {
                if (!a.equals(b) && a.first <= b.last && b.first <= a.last) {
                    assertThat(a.block.offset() + a.bytes <= b.block.offset()
                                    || b.block.offset() + b.bytes <= a.block.offset())
                            .isTrue();
                }
            }
        }
        assertThat(total).isLessThan(all / 3);
    }

    @Test
    void blocksOfTwoLanesNeverShareMemory() {
        Arena arena = new Arena(ALIGNMENT);
        Arena.Block trunk = arena.block(1000, 0, 0);
        Arena.Block shared = arena.block(1000, 0, 1);
        trunk.usedAt(1);
        shared.usedByOtherLane();
        Arena.Block first = arena.block(1000, 1, 2);
        Arena.Block second = arena.block(1000, 2, 3);
        assertThat(arena.layOut()).isEqualTo(3 * 1024);
        assertThat(List.of(first.offset(), second.offset(), shared.offset())).doesNotHaveDuplicates();
        assertThat(trunk.offset()).isIn(first.offset(), second.offset());
    }
}
