package io.github.mgn4j.cli;

import io.github.mgn4j.data.DatasetFormat;
import io.github.mgn4j.data.DatasetSummary;
import io.github.mgn4j.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
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

    @Mixin
    private OutputOptions output = new OutputOptions();

    DataCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        output.check(json);
        DatasetFormat format = data.format();
        DatasetSummary summary = DatasetSummary.of(data.read(), format.published());
        if (json != null) {
            AtomicFile.writeString(json, summary.toJson() + "\n");
        }
        terminal.println(summary.render().stripTrailing());
        return 0;
    }
}
