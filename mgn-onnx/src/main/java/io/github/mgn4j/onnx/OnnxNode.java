package io.github.mgn4j.onnx;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;

/** An operation of an ONNX graph, named after its first result. */
final class OnnxNode {
    private static final int INPUT = 1;
    private static final int OUTPUT = 2;
    private static final int NAME = 3;
    private static final int OPERATION = 4;
    private static final int ATTRIBUTE = 5;

    private static final int ATTRIBUTE_NAME = 1;
    private static final int ATTRIBUTE_FLOAT = 2;
    private static final int ATTRIBUTE_INT = 3;
    private static final int ATTRIBUTE_INTS = 8;
    private static final int ATTRIBUTE_TYPE = 20;
    private static final int TYPE_FLOAT = 1;
    private static final int TYPE_INT = 2;
    private static final int TYPE_INTS = 7;

    private final String operation;
    private final List<String> inputs;
    private final List<String> outputs;
    private final List<Proto> attributes = new ArrayList<>();

    OnnxNode(String operation, List<String> inputs, List<String> outputs) {
        this.operation = operation;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    @CanIgnoreReturnValue
    OnnxNode with(String attribute, int value) {
        attributes.add(new Proto()
                .text(ATTRIBUTE_NAME, attribute)
                .number(ATTRIBUTE_INT, value)
                .number(ATTRIBUTE_TYPE, TYPE_INT));
        return this;
    }

    @CanIgnoreReturnValue
    OnnxNode with(String attribute, float value) {
        attributes.add(new Proto()
                .text(ATTRIBUTE_NAME, attribute)
                .number(ATTRIBUTE_FLOAT, value)
                .number(ATTRIBUTE_TYPE, TYPE_FLOAT));
        return this;
    }

    @CanIgnoreReturnValue
    OnnxNode withList(String attribute, int... values) {
        Proto proto = new Proto().text(ATTRIBUTE_NAME, attribute);
        for (int value : values) {
            proto.number(ATTRIBUTE_INTS, value);
        }
        attributes.add(proto.number(ATTRIBUTE_TYPE, TYPE_INTS));
        return this;
    }

    Proto toProto() {
        Proto node = new Proto();
        inputs.forEach(input -> node.text(INPUT, input));
        outputs.forEach(output -> node.text(OUTPUT, output));
        node.text(NAME, outputs.get(0)).text(OPERATION, operation);
        attributes.forEach(attribute -> node.message(ATTRIBUTE, attribute));
        return node;
    }
}
