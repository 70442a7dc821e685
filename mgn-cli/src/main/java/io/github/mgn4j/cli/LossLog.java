package io.github.mgn4j.cli;

import com.google.common.primitives.Doubles;
import com.google.common.primitives.Ints;
import io.github.mgn4j.report.LossPoint;
import io.github.mgn4j.train.RunFolder;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The losses in the log of a training run. */
final class LossLog {
    private LossLog() {}

    /**
     * Reads {@code log.csv}. A last line without an end is of a run that still goes on, and is passed over.
     *
     * @param run folder of the run
     * @throws IllegalArgumentException if the file is no such log, naming the line
     * @throws IOException if it cannot be read
     */
    static List<LossPoint> read(Path run) throws IOException {
        Path file = run.resolve(RunFolder.LOG);
        String text;
        try {
            text = Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": is not UTF-8 text", e);
        }
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        if (lines.isEmpty() || !lines.get(0).equals(RunFolder.LOG_HEADER)) {
            throw new IllegalArgumentException("%s: begins with '%s', expected the header '%s'"
                    .formatted(file, lines.isEmpty() ? "" : lines.get(0), RunFolder.LOG_HEADER));
        }
        List<LossPoint> points = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            String[] cells = lines.get(i).split(",", -1);
            Integer iteration = cells.length < 5 ? null : Ints.tryParse(cells[1]);
            Double loss = cells.length < 5 ? null : Doubles.tryParse(cells[2]);
            Double softmax = cells.length < 5 ? null : Doubles.tryParse(cells[3]);
            Double triplet = cells.length < 5 ? null : Doubles.tryParse(cells[4]);
            if (iteration == null || loss == null || softmax == null || triplet == null) {
                throw new IllegalArgumentException("%s: line %d is '%s', expected numbers as in '%s'"
                        .formatted(file, i + 1, lines.get(i), RunFolder.LOG_HEADER));
            }
            points.add(new LossPoint(iteration, loss, softmax, triplet));
        }
        return points;
    }
}
