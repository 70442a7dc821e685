package io.github.mgn4j.bench.peers;

import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The files that peers read instead of a model file, in the folder that the system property {@value #FOLDER} names:
 * {@code fp32.pt}, {@code int8.onnx} and so on. compare-engines.sh makes them of a model file; that they are of the same one as
 * ours is checked by comparing features.
 */
final class PeerFiles {
    static final String FOLDER = "mgn.peers";

    private final String extension;

    PeerFiles(String extension) {
        this.extension = extension;
    }

    /** Those of these precisions whose file is there. */
    Set<Precision> found(Set<Precision> precisions) {
        return precisions.stream().filter(p -> Files.isReadable(path(p))).collect(Collectors.toUnmodifiableSet());
    }

    /** The file of a precision. */
    Path get(Precision precision) {
        Path file = path(precision);
        if (!Files.isReadable(file)) {
            throw new EngineException("%s: -D%s=FOLDER must name a folder with it; compare-engines.sh makes one"
                    .formatted(name(precision), FOLDER));
        }
        return file;
    }

    String obstacle() {
        return "the system property %s names no folder with its %s files".formatted(FOLDER, extension);
    }

    private Path path(Precision precision) {
        return Path.of(System.getProperty(FOLDER, ""), name(precision));
    }

    private String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT) + extension;
    }
}
