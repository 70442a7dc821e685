package io.github.mgn4j.train;

import com.google.common.primitives.Doubles;
import com.google.common.primitives.Ints;
import com.google.common.primitives.Longs;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The format of {@code log.csv}, the table of steps in a {@link RunFolder}: one row per step. */
public final class StepLog {
    /** First line of the table. */
    public static final String HEADER = "epoch,iteration,loss,softmax,triplet,lr,images_per_second";

    private static final int COLUMNS = 7;

    private StepLog() {}

    /**
     * Reads the table of a run. An incomplete last line, of a run in progress, is skipped.
     *
     * @param run folder of the run
     * @return one report per row; the values of single terms are not in the table
     * @throws IllegalArgumentException if the file is not such a table; the message names the line
     * @throws IOException if it cannot be read
     */
    public static List<StepReport> read(Path run) throws IOException {
        Path file = run.resolve(RunFolder.LOG);
        String text;
        try {
            text = Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": is not UTF-8 text", e);
        }
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
            throw new IllegalArgumentException("%s: begins with '%s', expected the header '%s'"
                    .formatted(file, lines.isEmpty() ? "" : lines.get(0), HEADER));
        }
        List<StepReport> steps = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            StepReport step = parse(lines.get(i));
            if (step == null) {
                throw new IllegalArgumentException("%s: line %d is '%s', expected numbers as in '%s'"
                        .formatted(file, i + 1, lines.get(i), HEADER));
            }
            steps.add(step);
        }
        return steps;
    }

    private static @Nullable StepReport parse(String line) {
        String[] cells = line.split(",", -1);
        if (cells.length != COLUMNS) {
            return null;
        }
        Integer epoch = Ints.tryParse(cells[0]);
        Long iteration = Longs.tryParse(cells[1]);
        double[] numbers = new double[COLUMNS - 2];
        for (int i = 0; i < numbers.length; i++) {
            Double number = Doubles.tryParse(cells[i + 2]);
            if (number == null) {
                return null;
            }
            numbers[i] = number;
        }
        return epoch == null || iteration == null
                ? null
                : new StepReport(
                        epoch, iteration, numbers[0], numbers[1], numbers[2], Map.of(), numbers[3], numbers[4]);
    }

    /** Formats a row, without a line break. */
    static String row(StepReport step) {
        return String.format(
                Locale.ROOT,
                "%d,%d,%.9g,%.9g,%.9g,%s,%.2f",
                step.epoch(),
                step.iteration(),
                step.loss(),
                step.softmax(),
                step.triplet(),
                step.lr(),
                step.imagesPerSecond());
    }
}
