package io.github.mgn4j.spec;

/** How a feature map, or a stripe of it, becomes a vector. The paper takes the maximum. */
public enum Pooling {
    /** The maximum over all positions. */
    MAX,
    /** The mean over all positions. */
    AVG,
    /**
     * The generalised mean {@code mean(max(x, 1e-6)^p)^(1/p)} with a trained exponent for each feature (GeM, Radenovic et al.,
     * TPAMI 2019).
     */
    GEM
}
