package io.github.mgn4j.bench.peers;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A peer to measure beside, never chosen but by name. It reads a file instead of the model it is given, in the folder that the system
 * property {@value #FOLDER} names:
 * {@code fp32.pt}, {@code int8.onnx} and so on. compare-engines.sh makes
 * them of a model file; that they are of the same one as ours is checked by comparing features.
 */
abstract class PeerProvider implements EngineProvider {
    static final String FOLDER = "mgn.peers";

    private final String name;
    private final Set<Precision> all;
    private final String extension;

    PeerProvider(String name, Set<Precision> all, String extension) {
        this.name = name;
        this.all = all;
        this.extension = extension;
    }

    /**
     * Opens a file of that precision.
     *
     * @throws EngineException if the peer does not take it
     */
    abstract Engine open(MgnSpec spec, Precision precision, Path file);

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final int priority() {
        return -100;
    }

    @Override
    public final boolean available() {
        return !precisions().isEmpty();
    }

    /** Those whose file is there. */
    @Override
    public final Set<Precision> precisions() {
        return all.stream().filter(p -> Files.isReadable(path(p))).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public final String unavailableReason() {
        return "the system property %s names no folder with its %s files".formatted(FOLDER, extension);
    }

    @Override
    public final Engine open(Model model, EngineOptions options) {
        Path file = path(options.precision());
        if (!Files.isReadable(file)) {
            throw new EngineException("%s: -D%s=FOLDER must name a folder with it; compare-engines.sh makes one"
                    .formatted(file.getFileName(), FOLDER));
        }
        return open(model.spec(), options.precision(), file);
    }

    private Path path(Precision precision) {
        return Path.of(System.getProperty(FOLDER, ""), precision.name().toLowerCase(Locale.ROOT) + extension);
    }
}
