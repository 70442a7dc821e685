package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.model.ActivationRanges;
import io.github.mgn4j.onednn.Network.Convolution;
import io.github.mgn4j.onednn.Network.Op;
import io.github.mgn4j.onednn.Network.Pool;
import io.github.mgn4j.spec.Pooling;
import java.util.Arrays;
import java.util.List;

/**
 * 8-bit arithmetic. Maps after a ReLU are unsigned, the others signed, each with the scale from calibration. Weights
 * have a scale per output channel. Sums are 32-bit integers. The reductions stay in float32, because their outputs are
 * the features, and they are a thousandth of the work.
 */
record Int8(ActivationRanges ranges) implements PrecisionPolicy {
    @Override
    public Precision precision() {
        return Precision.INT8;
    }

    @Override
    public List<TensorType> types(Network network) {
        TensorType[] types = new TensorType[network.values().size()];
        types[0] = TensorType.signed(ranges.bound(Network.IMAGES));
        for (Op op : network.ops()) {
            if (op instanceof Convolution convolution) {
                float bound = ranges.bound(convolution.layer().name());
                types[convolution.output().index()] =
                        convolution.layer().relu() ? TensorType.unsigned(bound) : TensorType.signed(bound);
            } else if (op instanceof Pool pool) {
                // A mean of integers is not an integer.
                types[pool.output().index()] = pool.kind() != Pooling.MAX
                        ? TensorType.F32
                        : types[pool.input().index()];
            }
        }
        return Arrays.asList(types);
    }
}
