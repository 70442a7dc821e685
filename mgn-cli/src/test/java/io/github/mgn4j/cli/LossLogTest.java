package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.report.LossPoint;
import io.github.mgn4j.train.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossLogTest {
    @TempDir
    Path run;

    @Test
    void aRunThatGoesOnIsReadUpToItsLastWholeRow() throws IOException {
        log(RunFolder.LOG_HEADER + "\n1,1,3.5,2.5,1.0,0.01,9\n1,2,NaN,2.25,0.5,0.01,9\n1,3,3.0,2.");
        assertThat(LossLog.read(run))
                .containsExactly(new LossPoint(1, 3.5, 2.5, 1), new LossPoint(2, Double.NaN, 2.25, 0.5));
        log(RunFolder.LOG_HEADER + "\n");
        assertThat(LossLog.read(run)).isEmpty();
    }

    @Test
    void whatIsNoLogIsRefused() throws IOException {
        assertThatThrownBy(() -> LossLog.read(run)).isInstanceOf(NoSuchFileException.class);
        log("epoch,loss\n1,2\n");
        assertThatThrownBy(() -> LossLog.read(run))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(run.resolve("log.csv") + ": begins with 'epoch,loss', expected the header '"
                        + RunFolder.LOG_HEADER + "'");
        log("");
        assertThatThrownBy(() -> LossLog.read(run)).hasMessageContaining("begins with ''");
        Files.write(run.resolve(RunFolder.LOG), new byte[] {(byte) 0xff, 10});
        assertThatThrownBy(() -> LossLog.read(run)).hasMessageContaining("is not UTF-8 text");
    }

    private void log(String text) throws IOException {
        Files.writeString(run.resolve(RunFolder.LOG), text);
    }
}
