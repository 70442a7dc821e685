package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepLogTest {
    @TempDir
    Path run;

    @Test
    void aRunThatGoesOnIsReadUpToItsLastWholeRow() throws IOException {
        log(StepLog.HEADER + "\n1,1,3.5,2.5,1.0,0.01,9\n1,2,NaN,2.25,0.5,0.01,9\n1,3,3.0,2.");
        assertThat(StepLog.read(run))
                .containsExactly(
                        new StepReport(1, 1, 3.5, 2.5, 1, Map.of(), 0.01, 9),
                        new StepReport(1, 2, Double.NaN, 2.25, 0.5, Map.of(), 0.01, 9));
        log(StepLog.HEADER + "\n");
        assertThat(StepLog.read(run)).isEmpty();
    }

    @Test
    void itsRowsAreReadBack() throws IOException {
        StepReport step = new StepReport(3, 1L << 40, 1 / 3.0, -2e-7, Double.NaN, Map.of(), 1e-5, 12.5);
        log(StepLog.HEADER + "\n" + StepLog.row(step) + "\n");
        StepReport read = StepLog.read(run).get(0);
        assertThat(read.loss()).isCloseTo(1 / 3.0, within(1e-9));
        assertThat(new StepReport(
                        read.epoch(),
                        read.iteration(),
                        1 / 3.0,
                        read.softmax(),
                        read.triplet(),
                        read.terms(),
                        read.lr(),
                        read.imagesPerSecond()))
                .isEqualTo(step);
    }

    @Test
    void whatIsNoLogIsRefused() throws IOException {
        assertThatThrownBy(() -> StepLog.read(run)).isInstanceOf(NoSuchFileException.class);
        log("epoch,loss\n1,2\n");
        assertThatThrownBy(() -> StepLog.read(run))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(run.resolve("log.csv") + ": begins with 'epoch,loss', expected the header '"
                        + StepLog.HEADER + "'");
        for (String row : new String[] {"1,2,3", "1,2,x,1,1,1,1", "1,2.5,1,1,1,1,1", "1,1,1,1,1,1,1,1"}) {
            log(StepLog.HEADER + "\n" + row + "\n");
            assertThatThrownBy(() -> StepLog.read(run))
                    .hasMessage(run.resolve("log.csv") + ": line 2 is '" + row + "', expected numbers as in '"
                            + StepLog.HEADER + "'");
        }
        log("");
        assertThatThrownBy(() -> StepLog.read(run)).hasMessageContaining("begins with ''");
        Files.write(run.resolve(RunFolder.LOG), new byte[] {(byte) 0xff, 10});
        assertThatThrownBy(() -> StepLog.read(run)).hasMessageContaining("is not UTF-8 text");
    }

    private void log(String text) throws IOException {
        Files.writeString(run.resolve(RunFolder.LOG), text);
    }
}
