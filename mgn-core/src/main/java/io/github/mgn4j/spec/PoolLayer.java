package io.github.mgn4j.spec;

/**
 * The pooling of one feature.
 *
 * @param name parameter prefix: generalised-mean pooling has the exponent {@code name.p}, {@code [1]}
 * @param kind how the window becomes a vector
 * @param window the pooled window of the map
 */
public record PoolLayer(String name, Pooling kind, PoolWindow window) {
    /** The lower bound of the values that generalised-mean pooling raises to its exponent. */
    public static final double GEM_EPSILON = 1e-6;

    /** Returns the name of the exponent of generalised-mean pooling. */
    public String exponent() {
        return name + ".p";
    }
}
