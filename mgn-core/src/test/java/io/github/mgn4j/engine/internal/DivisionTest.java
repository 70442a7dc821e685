package io.github.mgn4j.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DivisionTest {
    private static final int LEAST = 4;

    @Test
    void everyImageIsInOnePieceAndNoCoreIsUsedTwice() {
        for (int cores = 1; cores <= 16; cores++) {
            for (int batch = 1; batch <= 70; batch++) {
                Division division = Division.of(batch, cores, LEAST);
                TreeSet<Integer> sizes = new TreeSet<>();
                int images = 0;
                for (int piece = 0; piece < division.pieces(); piece++) {
                    assertThat(division.start(piece)).isEqualTo(images);
                    images += division.size(piece);
                    sizes.add(division.size(piece));
                }
                assertThat(images).as(division.toString()).isEqualTo(batch);
                assertThat(sizes.last() - sizes.first()).isLessThanOrEqualTo(1);
                assertThat(division.workers() * division.threads()).isEqualTo(cores);
                if (division.workers() > 1) {
                    assertThat(division.pieces() % division.workers()).isZero();
                    assertThat(sizes.first()).as(division.toString()).isGreaterThanOrEqualTo(LEAST);
                    assertThat(sizes.last()).as(division.toString()).isLessThanOrEqualTo(2 * LEAST);
                } else {
                    assertThat(division.pieces()).isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "16, 2, 2, 1, 4", // two pieces of four for each
        "10, 2, 2, 1, 2",
        " 7, 2, 1, 2, 1", // too few for two pieces: both cores at every layer
        "13, 8, 2, 4, 2", // three workers would leave cores over
        "64, 7, 7, 1, 14",
        "16, 32, 4, 8, 4",
        "64, 1, 1, 1, 1"
    })
    void divides(int batch, int cores, int workers, int threads, int pieces) {
        assertThat(Division.of(batch, cores, LEAST)).isEqualTo(new Division(batch, workers, threads, pieces));
    }
}
