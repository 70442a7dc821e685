package io.github.mgn4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArenaTest {
    private record Life(Arena.Block block, long bytes, int first, int last) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void blocksThatLiveTogetherDoNotOverlap(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Arena arena = new Arena();
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
            assertThat(a.block.offset() % Dnnl.ALIGNMENT).isZero();
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
}
