package io.github.mgn4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A layout of data sets on disk. Found by {@link java.util.ServiceLoader}: another jar adds its own by naming it in
 * {@code META-INF/services/io.github.mgn4j.data.DatasetFormat}. Implementations are stateless.
 */
public interface DatasetFormat {
    /** The name that {@code --format} knows it by. */
    String name();

    /** What a folder of this layout holds, in a few words for error messages and help. */
    String expects();

    /**
     * This format with an argument, as {@code --format name:argument} gives it.
     *
     * @throws DatasetException when the format takes none, or not this one
     */
    default DatasetFormat with(String argument) {
        throw new DatasetException(
                "the data set format " + name() + " takes no argument, found '" + name() + ":" + argument + "'");
    }

    /**
     * Whether a folder looks like this layout, from few of its entries. At most one format should say so of any folder.
     */
    boolean recognises(Path root) throws IOException;

    /**
     * Lists a data set, each split in the order of its relative paths or of its list file.
     *
     * @throws DatasetException when something of the layout is missing or malformed; it says what
     */
    ReidDataset read(Path root) throws IOException;

    /** What the publishers counted, one for each variant of the data set; empty when nothing was published. */
    default List<PublishedCounts> published() {
        return List.of();
    }
}
