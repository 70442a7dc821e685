package io.github.mgn4j.spec;

/** How a feature map, or a stripe of it, becomes a vector. The paper takes the maximum. */
public enum Pooling {
    /** The maximum over all positions. */
    MAX,
    /** The mean over all positions. */
    AVG
}
