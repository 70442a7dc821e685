package io.github.mgn4j.cli;

import io.github.mgn4j.data.DatasetFormat;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the folder and format of a data set. */
final class DataOptions {
    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the data set.")
    private Path data = Path.of("");

    /** Description of {@code --format}, wherever it is offered. */
    static final String FORMATS =
            "market1501, dukemtmc, cuhk03-np (cuhk03-np:labeled, cuhk03-np:detected), msmt17, veri"
                    + " or folder; folder:REGEX takes the camera from the first group of a regular expression that is searched"
                    + " in each image's path (default: detected from the folder's contents).";

    @Option(names = "--format", paramLabel = "FORMAT", description = FORMATS)
    private @Nullable String format;

    DatasetFormat format() throws IOException {
        return format(data, format);
    }

    ReidDataset read() throws IOException {
        return format().read(data);
    }

    /** Returns the format of that name, or the one that a folder appears to have. */
    static DatasetFormat format(Path data, @Nullable String name) throws IOException {
        return name == null ? DatasetFormats.detect(data) : DatasetFormats.named(name);
    }
}
