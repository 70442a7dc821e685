package io.github.mgn4j.samediff.internal.plan;

import java.util.List;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;

/** Creates the steps that rules use as replacements. */
final class Steps {
    private Steps() {}

    /** out = a b of two matrices, either of them transposed. */
    static Step product(Step owner, Value a, boolean transposeA, Value b, boolean transposeB, Value out) {
        DynamicCustomOp op = DynamicCustomOp.builder("matmul")
                .addIntegerArguments(transposeA ? 1 : 0, transposeB ? 1 : 0, 0)
                .build();
        return new Step(owner.name(), op, List.of(a, b), List.of(out));
    }

    /** out = a b of two matrices plus a row. */
    static Step productAndBias(Step owner, Value a, Value b, Value row, Value out) {
        DynamicCustomOp op = DynamicCustomOp.builder("xw_plus_b").build();
        return new Step(owner.name(), op, List.of(a, b, row), List.of(out));
    }

    /** out = a b element by element; b may be a row. */
    static Step times(Step owner, Value a, Value b, Value out) {
        return new Step(owner.name(), DynamicCustomOp.builder("multiply").build(), List.of(a, b), List.of(out));
    }

    /** out = sign(a). */
    static Step sign(Step owner, Value a, Value out) {
        return new Step(owner.name(), new Sign(), List.of(a), List.of(out));
    }

    /** out is a view of a with another shape, which takes no time. */
    static Step view(Step owner, Value a, Value out) {
        DynamicCustomOp op = DynamicCustomOp.builder("reshape").build();
        for (long size : out.shape) {
            op.addIArgument(size);
        }
        return new Step(owner.name(), op, List.of(a), List.of(out));
    }
}
