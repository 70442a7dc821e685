package io.github.mgn4j.cli;

import com.google.common.util.concurrent.Uninterruptibles;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.internal.io.TemporaryFolder;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs the common commands on tiny data, so that the JVM can archive the classes that they load. The launcher calls it after a
 * build. What the commands return is of no interest: a class that was not loaded is read from its jar later.
 */
final class Rehearsal {
    private static final long MOST_MILLISECONDS = 120_000;

    private Rehearsal() {}

    public static void main(String[] args) throws IOException {
        Main.prepare();
        limitTime();
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            run(folder.path());
        }
    }

    /** Ends the process, without an archive, if something waits for ever: the caller of the launcher waits, too. */
    private static void limitTime() {
        Thread limit = new Thread(() -> {
            Uninterruptibles.sleepUninterruptibly(MOST_MILLISECONDS, TimeUnit.MILLISECONDS);
            Runtime.getRuntime().halt(1);
        });
        limit.setDaemon(true);
        limit.start();
    }

    private static void run(Path folder) throws IOException {
        MgnSpec spec = MgnSpec.mgn(2).toBuilder()
                .backbone(18, 0.0625)
                .input(96, 48)
                .embedding(8)
                .build();
        Path model = folder.resolve("model.safetensors");
        ModelFile.save(model, WeightInit.initialise(spec, 1));
        Path data = folder.resolve("data");
        Path features = folder.resolve("features.npy");
        mgn("--help");
        mgn("info", model);
        mgn("synth", "--out", data, "--ids", 2, "--cameras", 2, "--images", 1, "--size", "64x128");
        Path images = data.resolve("query");
        mgn("extract", "--model", model, "--images", images, "--out", features);
        mgn("evaluate", "--query", features, "--gallery", features);
        List<Path> pair = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(images, "*.jpg")) {
            files.forEach(pair::add);
        }
        mgn("verify", "--model", model, "--threshold", 1, pair.get(0), pair.get(1));
    }

    private static void mgn(Object... words) {
        Main.run(
                Terminal.silent(), List.of(words).stream().map(Object::toString).toArray(String[]::new));
    }
}
