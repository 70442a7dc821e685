package io.github.mgn4j.bench.peers;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.weights.Model;
import java.util.Set;

/** DJL with PyTorch, a peer to measure beside: runs the TorchScript file in {@link PeerFiles}, not the model it is given. */
public final class DjlProvider implements EngineProvider {
    static final String NAME = "djl";

    private static final Set<Precision> ALL = Set.of(Precision.FP32, Precision.BF16);

    private final PeerFiles files = new PeerFiles(".pt");

    @Override
    public String name() {
        return NAME;
    }

    /** Never chosen but by name. */
    @Override
    public int priority() {
        return -100;
    }

    @Override
    public boolean available() {
        return !precisions().isEmpty();
    }

    @Override
    public String obstacle() {
        return files.obstacle();
    }

    @Override
    public Set<Precision> precisions() {
        return files.found(ALL);
    }

    /**
     * Opens the file of that precision.
     *
     * @throws EngineException if there is none, or libtorch does not take it
     */
    @Override
    public Engine open(Model model, EngineOptions options) {
        return DjlEngine.open(model.spec(), options.precision(), files.get(options.precision()));
    }
}
