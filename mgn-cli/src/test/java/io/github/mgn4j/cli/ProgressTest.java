package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Progress progress(@Nullable Integer columns) {
        return new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), columns, "images");
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

    @Test
    void aBarStaysWithinTheTerminal() {
        try (Progress progress = progress(40)) {
            progress.update(2, 2, "loss 1.234567, at 12.5 images/s");
        }
        String line = shown().replaceAll("\r|\n|\u001b\\[K", "");
        assertThat(line).startsWith("[####################] images 2/2, ").hasSize(39);
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
