package io.github.mgn4j.cli;

import io.github.mgn4j.data.DatasetFormat;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where a data set is and how it is laid out. */
final class DataOptions {
    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the data set.")
    private Path data = Path.of("");

    /** What {@code --format} says about itself wherever it is offered. */
    static final String FORMATS =
            "market1501, dukemtmc, cuhk03-np (cuhk03-np:labeled, cuhk03-np:detected), msmt17, veri"
                    + " or folder; folder:REGEX takes the camera from the first group of a regular expression, found in each"
                    + " image's path (default: what the folder looks like).";

    @Option(names = "--format", paramLabel = "FORMAT", description = FORMATS)
    private @Nullable String format;

    DatasetFormat format() throws IOException {
        return format(data, format);
    }

    ReidDataset read() throws IOException {
        return format().read(data);
    }

    /** The layout of that name, or what a folder looks like. */
    static DatasetFormat format(Path data, @Nullable String name) throws IOException {
        return name == null ? DatasetFormats.detect(data) : DatasetFormats.named(name);
    }
}
