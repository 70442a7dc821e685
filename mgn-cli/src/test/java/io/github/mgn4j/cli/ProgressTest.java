package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Progress progress(@Nullable Integer columns) {
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return new Terminal(stream, stream, columns).progress("images");
    }

    private String shown() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shortWorkNeedsNoLine() {
        try (Progress progress = progress(null)) {
            progress.update(1, 2);
            progress.update(2, 2);
        }
        assertThat(shown()).isEmpty();
    }

    private static final List<String> DETAILS =
            List.of("loss 12.345", "lr 0.0001234", "1234.5 images/s", "softmax 12.345", "triplet 12.345");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            150 | [############........] images 50000/80000, 0:00 left, loss 12.345, lr 0.0001234, 1234.5 images/s, softmax 12.345, triplet 12.345
            100 | [############........] images 50000/80000, 0:00 left, loss 12.345, lr 0.0001234, 1234.5 images/s
            80  | [############........] images 50000/80000, 0:00 left, loss 12.345, lr 0.0001234
            40  | [#####...] images 50000/80000
            10  | images 50
            """)
    void aBarShowsWhatThereIsRoomFor(int columns, String wanted) throws InterruptedException {
        try (Progress progress = progress(columns)) {
            Thread.sleep(150);
            progress.update(50000, 80000, DETAILS);
        }
        String line = shown().replaceAll("\r|\n|\u001b\\[K", "");
        assertThat(line).isEqualTo(wanted).hasSizeLessThan(columns);
    }

    @Test
    void messagesAreAboveTheBar() {
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(stream, stream, 40);
        try (Progress progress = terminal.progress("images")) {
            progress.update(2, 2);
            terminal.say("hello");
            terminal.errors().println("[WARN] a logger's");
            progress.update(2, 2);
        }
        terminal.say("after");
        String bar = "\r[########] images 2/2, took 0:00\u001b[K";
        assertThat(shown()).isEqualTo(bar + "\r\u001b[Kmgn: hello\n[WARN] a logger's\n" + bar + "\nmgn: after\n");
    }

    @Test
    void anInterruptedThreadIsStopped() {
        try (Progress progress = progress(null)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> progress.update(1, 2)).isInstanceOf(CancellationException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
