package io.github.mgn4j.cli;

import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "synth",
        mixinStandardHelpOptions = true,
        description = "Write a synthetic data set of drawn people in the Market-1501 format. Same seed, same bytes.")
final class SynthCommand implements Callable<Integer> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

    private final Terminal terminal;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write.")
    private Path out = Path.of("");

    @Option(
            names = "--ids",
            paramLabel = "N",
            description = "Number of identities for training, and of others for testing (default: 50).")
    private @Nullable Integer ids;

    @Option(names = "--cameras", paramLabel = "N", description = "Number of cameras (default: 4).")
    private @Nullable Integer cameras;

    @Option(names = "--images", paramLabel = "N", description = "Images per identity and camera (default: 4).")
    private @Nullable Integer images;

    @Option(names = "--size", paramLabel = "WxH", description = "Size in pixels (default: 64x128).")
    private @Nullable String size;

    @Option(names = "--seed", paramLabel = "S", description = "Seed of all random choices (default: 1).")
    private @Nullable Long seed;

    @Option(
            names = "--alike",
            paramLabel = "N",
            description =
                    "Number of people who wear the same clothes, and differ in hair, logo, bag and shoes (default: 1).")
    private @Nullable Integer alike;

    @Option(
            names = "--miscropped",
            paramLabel = "SHARE",
            description = "Share of the boxes that miss the person, 0 to 1 (default: 0.22).")
    private @Nullable Double miscropped;

    @Option(
            names = "--occluded",
            paramLabel = "SHARE",
            description = "Share of the images with an object in front of the person, 0 to 1 (default: 0.15).")
    private @Nullable Double occluded;

    @Option(
            names = "--masks",
            description =
                    "Also write the mask of each image's person: masks/FOLDER/NAME.png, white where the person is."
                            + " The images are the same with and without.")
    private boolean masks;

    @Mixin
    private OutputOptions output;

    SynthCommand(Terminal terminal) {
        this.terminal = terminal;
        output = new OutputOptions(terminal);
    }

    @Override
    public Integer call() throws IOException {
        SynthOptions options = options();
        OutputOptions.checkFolder(out);
        if (output.force()
                && Stream.of("bounding_box_train", "query", "bounding_box_test", "masks")
                        .anyMatch(name -> Files.exists(out.resolve(name)))) {
            terminal.replaces(out);
        }
        CancelOnSignal.run(() -> {
            try (Progress progress = terminal.progress("images")) {
                SyntheticDataset.write(options, out, output.force(), progress::update);
            }
        });
        terminal.say("%d identities in training, %d in test -> %s".formatted(options.ids(), options.ids(), out));
        return 0;
    }

    private SynthOptions options() {
        SynthOptions options = SynthOptions.DEFAULT.withMasks(masks);
        options = ids == null ? options : options.withIds(ids);
        options = cameras == null ? options : options.withCameras(cameras);
        options = images == null ? options : options.withImages(images);
        options = seed == null ? options : options.withSeed(seed);
        options = alike == null ? options : options.withAlike(alike);
        options = miscropped == null ? options : options.withMiscropped(miscropped);
        options = occluded == null ? options : options.withOccluded(occluded);
        if (size != null) {
            Matcher matcher = SIZE.matcher(size);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("--size must be WIDTHxHEIGHT such as 64x128, not '" + size + "'");
            }
            options = options.withSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        }
        return options;
    }
}
