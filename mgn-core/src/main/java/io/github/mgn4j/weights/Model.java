package io.github.mgn4j.weights;

import io.github.mgn4j.spec.MgnSpec;

/** A network and its weights, checked to belong together. Immutable. */
public record Model(MgnSpec spec, Weights weights) {
    public Model {
        weights.check(spec);
    }
}
