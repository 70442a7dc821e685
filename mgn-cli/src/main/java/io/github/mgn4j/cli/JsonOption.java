package io.github.mgn4j.cli;

import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.internal.io.OutputFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for a result as JSON. */
final class JsonOption {
    private static final Path STANDARD_OUTPUT = Path.of("-");

    private final Terminal terminal;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the result as JSON to a file; - for standard output, instead of the text.")
    private @Nullable Path file;

    JsonOption(Terminal terminal) {
        this.terminal = terminal;
    }

    boolean isGiven() {
        return file != null;
    }

    private boolean isStandardOutput() {
        return STANDARD_OUTPUT.equals(file);
    }

    /** Checks, before any work, that the file may be written. */
    void check(OutputOptions output) throws IOException {
        if (!isStandardOutput()) {
            output.check(file);
        }
    }

    /** Writes the file as part of a set that is published as a whole. */
    void write(OutputFiles files, String json) throws IOException {
        if (file != null && !isStandardOutput()) {
            files.writeString(file, json.strip() + "\n");
        }
    }

    /** Writes the file, and prints the text or, for standard output, the JSON. */
    void write(String json, String text) throws IOException {
        if (file != null && !isStandardOutput()) {
            AtomicFile.writeString(file, json.strip() + "\n");
        }
        print(json, text);
    }

    /** Prints the text, or the JSON if it goes to standard output. */
    void print(String json, String text) {
        terminal.println(isStandardOutput() ? json.strip() : text.stripTrailing());
    }
}
