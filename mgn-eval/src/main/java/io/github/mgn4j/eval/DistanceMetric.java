package io.github.mgn4j.eval;

/** How far apart two features are. */
public enum DistanceMetric {
    /** The length of the difference of two features, as they are. */
    EUCLIDEAN,
    /**
     * One minus the cosine of the angle between two features: 0 to 2. A feature of zeros is 1 from every other, in rankings, re-rankings
     * and expansions alike.
     */
    COSINE
}
