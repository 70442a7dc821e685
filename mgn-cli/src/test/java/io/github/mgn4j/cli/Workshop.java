package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.spec.MgnSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A folder with a tiny data set and a tiny model in it, and the command to use them. */
final class Workshop {
    static final MgnSpec SPEC = MgnSpec.mgn(4).toBuilder()
            .backbone(18, 0.0625)
            .input(96, 48)
            .embedding(8)
            .build();

    /** A recipe that trains the like of {@link #SPEC}. */
    static final String RECIPE = """
            p: 2
            k: 2
            iterations: 3
            augment: [flip]
            checkpoint-every: 0
            network: {preset: mgn, depth: 18, width: 0.0625, input: [96, 48], embedding: 8}
            """;

    private final Path folder;

    private Workshop(Path folder) {
        this.folder = folder;
    }

    /** How a call ended. */
    record Call(int status, String out, String err) {
        /** Nobody was at fault. */
        Call ok() {
            assertThat(status).as(err).isZero();
            return this;
        }
    }

    static Workshop in(Path folder) throws IOException {
        Workshop workshop = new Workshop(folder);
        SyntheticDataset.write(
                SynthOptions.DEFAULT.withIds(4).withCameras(2).withImages(2).withSize(40, 80),
                workshop.path("data"),
                false,
                (done, total) -> {});
        ModelFile.save(workshop.path("model.safetensors"), WeightInit.initialise(SPEC, 1));
        Files.writeString(workshop.path("recipe.yaml"), RECIPE);
        return workshop;
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /** Calls the command; {@code @} at the beginning of an argument is this folder. */
    Call mgn(String... args) {
        String[] absolute = Arrays.stream(args)
                .map(arg -> arg.startsWith("@") ? path(arg.substring(1)).toString() : arg)
                .toArray(String[]::new);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = Main.run(
                new Terminal(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8)),
                absolute);
        return new Call(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    JsonObject json(String name) throws IOException {
        return JsonParser.parseString(Files.readString(path(name))).getAsJsonObject();
    }

    /** Every file and folder, with what tells whether it has been changed. */
    Map<String, String> snapshot() throws IOException {
        return snapshot(folder);
    }

    static Map<String, String> snapshot(Path folder) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.toList()) {
                String state = Files.isDirectory(path) ? "folder" : Arrays.hashCode(Files.readAllBytes(path)) + "";
                all.put(folder.relativize(path).toString(), state);
            }
        }
        return all;
    }
}
