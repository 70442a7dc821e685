package io.github.mgn4j.cli;

import io.github.mgn4j.data.DatasetFormat;
import io.github.mgn4j.data.DatasetSummary;
import io.github.mgn4j.data.ImageCheck;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.UnreadableImage;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description = "Show the contents of a data set, and differences from the published counts.")
final class DataCommand implements Callable<Integer>, WithoutEngine {
    private final Terminal terminal;

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private JsonOption json;

    @Option(
            names = "--check",
            paramLabel = "none|quick|decode",
            defaultValue = "quick",
            description = "Search for unreadable images: none, both ends of each file, or decoding all"
                    + " (default: ${DEFAULT-VALUE}).")
    private ImageCheck check = ImageCheck.QUICK;

    @Mixin
    private OutputOptions output;

    DataCommand(Terminal terminal) {
        this.terminal = terminal;
        output = new OutputOptions(terminal);
        json = new JsonOption(terminal);
    }

    @Override
    public Integer call() throws IOException {
        json.check(output);
        DatasetFormat format = data.format();
        ReidDataset dataset = data.read();
        DatasetSummary summary =
                DatasetSummary.of(dataset, format.published()).withUnreadable(check, unreadable(dataset));
        dataset.notes().forEach(terminal::say);
        json.write(summary.toJson(), summary.render());
        return 0;
    }

    private List<UnreadableImage> unreadable(ReidDataset dataset) throws IOException {
        List<ReidImage> images = Stream.of(dataset.train(), dataset.query(), dataset.gallery(), dataset.multiQuery())
                .flatMap(List::stream)
                .toList();
        List<UnreadableImage> unreadable = new ArrayList<>();
        CancelOnSignal.run(() -> {
            try (Progress progress = terminal.progress("images")) {
                unreadable.addAll(check.unreadable(images, progress::update));
            }
        });
        return unreadable;
    }
}
