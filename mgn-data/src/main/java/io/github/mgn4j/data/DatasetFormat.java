package io.github.mgn4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A format of data sets on disk. Formats are found by {@link java.util.ServiceLoader}: to add one, implement this interface
 * and name the class in {@code META-INF/services/io.github.mgn4j.data.DatasetFormat}. Implementations are stateless and
 * thread-safe.
 */
public interface DatasetFormat {
    /** Returns the format's name, as {@code --format} takes it. */
    String name();

    /** Returns a short description of a folder of this format, for error messages and help. */
    String expects();

    /**
     * Returns this format with an argument, as in {@code --format name:argument}.
     *
     * @throws DatasetException if the format takes no argument, or not this one
     */
    default DatasetFormat with(String argument) {
        throw new DatasetException(
                "the data set format " + name() + " takes no argument, found '" + name() + ":" + argument + "'");
    }

    /**
     * Returns whether a folder appears to have this format, judging by few of its entries. At most one format should recognise
     * any folder.
     *
     * @throws IOException if the folder cannot be read
     */
    boolean recognises(Path root) throws IOException;

    /**
     * Lists a data set, each split in the order of its relative paths or of its list file.
     *
     * @throws DatasetException if a part is missing or malformed; the message names it
     * @throws IOException if a folder or list cannot be read
     */
    ReidDataset read(Path root) throws IOException;

    /**
     * Returns the counts stated by the publishers, one for each variant of the data set; empty if none were published.
     */
    default List<PublishedCounts> published() {
        return List.of();
    }
}
