package io.github.mgn4j.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkersTest {
    private static final int COUNT = 100;
    private static final int MOST = 3;

    private final Workers workers = new Workers("test", MOST, threads -> {});

    @AfterEach
    void close() {
        workers.close();
    }

    @Test
    void everyPieceIsComputedOnceAndAWorkerComputesOneAtATime() {
        List<Integer> done = Collections.synchronizedList(new ArrayList<>());
        Set<Integer> working = ConcurrentHashMap.newKeySet();
        workers.run(division(2, COUNT), (worker, piece) -> {
            assertThat(working.add(worker)).isTrue();
            done.add(piece);
            working.remove(worker);
        });
        assertThat(done)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, COUNT).boxed().toList());
    }

    @Test
    void aWorkerThatIsHeldUpTakesFewerPieces() {
        CountDownLatch rest = new CountDownLatch(COUNT - 1);
        int[] used = new int[COUNT];
        workers.run(division(2, COUNT), (worker, piece) -> {
            used[piece] = worker;
            if (piece == 0) { // until all others are done, by the other worker
                await(rest);
            } else {
                rest.countDown();
            }
        });
        assertThat(IntStream.of(used).filter(worker -> worker == used[0]).count())
                .isEqualTo(1);
    }

    @Test
    void aHelperThatHasNotBegunIsNotWaitedFor() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(MOST);
        Thread other = new Thread(() -> workers.run(division(MOST, MOST), (worker, piece) -> {
            held.countDown();
            await(release);
        }));
        other.start();
        held.await(); // all helpers are in its pieces
        List<Integer> used = new ArrayList<>();
        workers.run(division(MOST, COUNT), (worker, piece) -> used.add(worker));
        assertThat(used).hasSize(COUNT).containsOnly(0);
        release.countDown();
        other.join();
    }

    @Test
    void anExceptionIsPassedOnAfterTheLastPiece() {
        Set<Integer> done = ConcurrentHashMap.newKeySet();
        assertThatThrownBy(() -> workers.run(division(2, COUNT), (worker, piece) -> {
                    done.add(piece);
                    if (piece == 3) {
                        throw new IllegalStateException("piece 3");
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("piece 3");
        assertThat(done).hasSize(COUNT);
    }

    @Test
    void everyThreadSetsItsTeamSize() {
        Set<String> told = ConcurrentHashMap.newKeySet();
        CountDownLatch both = new CountDownLatch(2);
        try (Workers sized = new Workers(
                "sized", 2, threads -> told.add(Thread.currentThread().getName() + threads))) {
            sized.run(new Division(2, 2, 5, 2), (worker, piece) -> {
                both.countDown();
                await(both);
            });
        }
        assertThat(told).containsExactlyInAnyOrder(Thread.currentThread().getName() + 5, "sized5");
    }

    private static Division division(int workers, int pieces) {
        return new Division(pieces, workers, 1, pieces);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
