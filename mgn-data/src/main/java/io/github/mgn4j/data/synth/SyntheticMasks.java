package io.github.mgn4j.data.synth;

import io.github.mgn4j.image.PersonMask;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The masks of a synthetic data set, which {@link SynthOptions#withMasks} writes: for an image {@code query/NAME.jpg} the
 * file {@code masks/query/NAME.png} with the same size, 255 where the image shows its person and 0 elsewhere. Immutable.
 */
public final class SyntheticMasks {
    static final String FOLDER = "masks";

    private final Path folder;

    private SyntheticMasks(Path folder) {
        this.folder = folder;
    }

    /**
     * Returns the masks of a data set.
     *
     * @param root the data set's folder
     * @return empty if it has none
     */
    public static Optional<SyntheticMasks> of(Path root) {
        Path folder = root.resolve(FOLDER);
        return Files.isDirectory(folder) ? Optional.of(new SyntheticMasks(folder)) : Optional.empty();
    }

    /** Returns the file of an image's mask, whether it exists or not. */
    public Path file(ReidImage image) {
        return folder.resolve(String.valueOf(image.folder().getFileName())).resolve(name(image.name()));
    }

    /**
     * Reads the mask of an image.
     *
     * @throws IOException if it is missing or cannot be read
     */
    public PersonMask read(ReidImage image) throws IOException {
        return PersonMask.read(file(image));
    }

    /** Returns the name of the mask of an image. */
    static String name(String image) {
        int dot = image.lastIndexOf('.');
        return (dot < 0 ? image : image.substring(0, dot)) + ".png";
    }
}
