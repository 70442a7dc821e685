package io.github.mgn4j.study;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.ReRanker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds a {@link Study}. Not thread-safe. */
public final class StudyBuilder {
    final ReidDataset dataset;
    final List<StudyRow> rows;
    List<Long> seeds = List.of(1L, 2L, 3L);
    StudyListener listener = StudyListener.NONE;
    ReRanker reRanker = ReRanker.STANDARD;
    boolean resume;

    @Nullable
    Path folder;

    @Nullable
    Integer iterations;

    StudyBuilder(ReidDataset dataset, List<StudyRow> rows) {
        this.dataset = dataset;
        this.rows = List.copyOf(rows);
    }

    /** Sets the seeds: each row is trained once for each. The default is 1, 2 and 3. */
    @CanIgnoreReturnValue
    public StudyBuilder seeds(List<Long> values) {
        seeds = List.copyOf(values);
        return this;
    }

    /**
     * Sets the number of steps of each training, instead of the recipes'. The epochs of the learning rates' steps and of the
     * warm-up keep their shares of the training.
     */
    @CanIgnoreReturnValue
    public StudyBuilder iterations(int steps) {
        iterations = steps;
        return this;
    }

    /** Sets the folder of the study, created if it is missing. {@link Study} describes its files. */
    @CanIgnoreReturnValue
    public StudyBuilder folder(Path path) {
        folder = path;
        return this;
    }

    /** Sets whether to continue the study in the folder, or begin it if there is none. The default is false. */
    @CanIgnoreReturnValue
    public StudyBuilder resume(boolean enabled) {
        resume = enabled;
        return this;
    }

    /** Sets the re-ranker of the evaluations. The default has the published constants. */
    @CanIgnoreReturnValue
    public StudyBuilder reRanker(ReRanker value) {
        reRanker = value;
        return this;
    }

    /** Sets the listener. */
    @CanIgnoreReturnValue
    public StudyBuilder listener(StudyListener value) {
        listener = value;
        return this;
    }

    /**
     * Opens and locks the folder.
     *
     * @throws StudyException if rows, seeds, data and the study to be resumed do not fit together
     * @throws java.nio.file.FileAlreadyExistsException if the folder contains a study that is not to be resumed
     * @throws java.nio.file.FileSystemException if another study has locked the folder
     */
    public Study open() throws IOException {
        return Study.open(this);
    }
}
