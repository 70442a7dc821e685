package io.github.mgn4j.bench.peers;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.file.Path;
import java.util.Set;

/** DJL with PyTorch. */
public final class DjlProvider extends PeerProvider {
    static final String NAME = "djl";

    public DjlProvider() {
        super(NAME, Set.of(Precision.FP32, Precision.BF16), ".pt");
    }

    @Override
    Engine open(MgnSpec spec, Precision precision, Path file) {
        return DjlEngine.open(spec, precision, file);
    }
}
