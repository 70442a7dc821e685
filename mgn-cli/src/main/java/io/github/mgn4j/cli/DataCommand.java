package io.github.mgn4j.cli;

import io.github.mgn4j.data.DatasetFormat;
import io.github.mgn4j.data.DatasetSummary;
import io.github.mgn4j.data.ImageCheck;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.ReidImage;
import io.github.mgn4j.data.UnreadableImage;
import io.github.mgn4j.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description = "Show what a data set holds, and how it differs from the published counts.")
final class DataCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "Write it as JSON to a file.")
    private @Nullable Path json;

    @Option(
            names = "--check",
            paramLabel = "none|quick|decode",
            defaultValue = "quick",
            description = "How to look for unreadable images: not at all, at both ends of each file, or by decoding all"
                    + " (default: ${DEFAULT-VALUE}).")
    private ImageCheck check = ImageCheck.QUICK;

    @Mixin
    private OutputOptions output = new OutputOptions();

    DataCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        output.check(json);
        DatasetFormat format = data.format();
        ReidDataset dataset = data.read();
        DatasetSummary summary =
                DatasetSummary.of(dataset, format.published()).withUnreadable(check, unreadable(dataset));
        if (json != null) {
            AtomicFile.writeString(json, summary.toJson() + "\n");
        }
        dataset.notes().forEach(terminal::say);
        terminal.println(summary.render().stripTrailing());
        return 0;
    }

    private List<UnreadableImage> unreadable(ReidDataset dataset) throws IOException {
        List<ReidImage> images = Stream.of(dataset.train(), dataset.query(), dataset.gallery(), dataset.multiQuery())
                .flatMap(List::stream)
                .toList();
        List<UnreadableImage> found = new ArrayList<>();
        CancelOnSignal.run(() -> {
            try (Progress progress = terminal.progress("images")) {
                found.addAll(check.unreadable(images, progress::update));
            }
        });
        return found;
    }
}
