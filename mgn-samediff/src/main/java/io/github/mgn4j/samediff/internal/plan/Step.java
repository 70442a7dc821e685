package io.github.mgn4j.samediff.internal.plan;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;

/** An operation of the graph at its position in the order. */
record Step(String name, DifferentialFunction op, List<Value> inputs, List<Value> outputs) {
    Step {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
