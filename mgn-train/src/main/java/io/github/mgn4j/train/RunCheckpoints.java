package io.github.mgn4j.train;

import com.google.common.primitives.Longs;
import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints in a run's folder. The latest is kept; older ones are removed once it is complete. */
final class RunCheckpoints {
    private static final Logger log = LoggerFactory.getLogger(RunCheckpoints.class);
    private static final String SUFFIX = ".safetensors";

    private final Path folder;

    RunCheckpoints(Path folder) {
        this.folder = folder;
    }

    /** A checkpoint and its file. */
    record Saved(Path file, Checkpoint checkpoint) {}

    /** Returns all checkpoint files, the latest first. */
    List<Path> list() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> iteration(file) >= 0)
                    .sorted(Comparator.comparingLong(RunCheckpoints::iteration).reversed())
                    .toList();
        }
    }

    private static long iteration(Path file) {
        String name = file.getFileName().toString();
        if (!name.startsWith(RunFolder.CHECKPOINT) || !name.endsWith(SUFFIX)) {
            return -1;
        }
        Long iteration = Longs.tryParse(name.substring(RunFolder.CHECKPOINT.length(), name.length() - SUFFIX.length()));
        return iteration == null ? -1 : iteration;
    }

    /** Returns the latest checkpoint that can be read. */
    Saved latest() throws IOException {
        WeightsException unreadable = null;
        for (Path file : list()) {
            try {
                return new Saved(file, Checkpoint.load(file));
            } catch (WeightsException e) {
                log.warn("{}; trying an older checkpoint", e.getMessage());
                unreadable = unreadable == null ? e : unreadable;
            }
        }
        if (unreadable != null) {
            throw unreadable;
        }
        throw new NoSuchFileException(folder.toString(), null, "holds no checkpoint to resume from");
    }

    void save(Trainer trainer, Map<String, String> notes) throws IOException {
        Path file = folder.resolve(
                String.format(Locale.ROOT, "%s%08d%s", RunFolder.CHECKPOINT, trainer.iteration(), SUFFIX));
        trainer.checkpoint(notes).save(file);
        trainer.checkpointSaved(file);
        for (Path other : list()) {
            if (!other.equals(file)) {
                remove(other);
            }
        }
        log.info("checkpoint {}", file);
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Some systems cannot delete a file that is mapped into memory, as a resumed checkpoint is.
            log.warn("{} cannot be removed: {}", file, e.getMessage());
        }
    }
}
