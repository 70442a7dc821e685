package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.Precision;
import java.util.Collections;
import java.util.List;

/** Chooses the number formats of a network's values. */
interface PrecisionPolicy {
    /** float32 for all values. */
    PrecisionPolicy FP32 = uniform(Precision.FP32, TensorType.F32);

    /** Maps and weights in bfloat16; sums are accumulated, and features written, in float32. */
    PrecisionPolicy BF16 = uniform(Precision.BF16, TensorType.BF16);

    Precision precision();

    /** Returns the type of every value, in the order of {@link Network#values()}. */
    List<TensorType> types(Network network);

    private static PrecisionPolicy uniform(Precision precision, TensorType type) {
        return new PrecisionPolicy() {
            @Override
            public Precision precision() {
                return precision;
            }

            @Override
            public List<TensorType> types(Network network) {
                return Collections.nCopies(network.values().size(), type);
            }
        };
    }
}
