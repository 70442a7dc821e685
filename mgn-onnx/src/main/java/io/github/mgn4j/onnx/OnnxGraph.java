package io.github.mgn4j.onnx;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An ONNX model under construction: nodes in order of execution, constants, one input and one output. */
final class OnnxGraph {
    /**
     * The opset of ONNX 1.12, of 2022. It is old enough for today's readers (ONNX Runtime and TensorRT promise to read
     * all since 7 and 9) and new enough for 8-bit weights with a scale per channel (since 13). Nothing newer is needed.
     */
    static final int OPSET = 17;

    /** The IR version of the opset; runtimes reject versions newer than their own. */
    static final int IR_VERSION = 8;

    private static final String PRODUCER = "mgn4j";

    /** Protobuf's limit of 2 GB, with room for everything beside the graph. */
    private static final long MAX_SIZE = Integer.MAX_VALUE - (1L << 20);

    // ModelProto
    private static final int MODEL_IR_VERSION = 1;
    private static final int MODEL_PRODUCER = 2;
    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_OPSET = 8;
    private static final int MODEL_METADATA = 14;
    // GraphProto
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_NAME = 2;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;

    private final List<OnnxNode> nodes = new ArrayList<>();
    private final List<Initializer> initializers = new ArrayList<>();
    private final Proto ends = new Proto();

    /** Adds a node, to which attributes may be added. */
    @CanIgnoreReturnValue
    OnnxNode add(String operation, List<String> inputs, List<String> outputs) {
        OnnxNode node = new OnnxNode(operation, inputs, outputs);
        nodes.add(node);
        return node;
    }

    /** Adds a constant and returns its name. */
    @CanIgnoreReturnValue
    String add(Initializer initializer) {
        initializers.add(initializer);
        return initializer.name();
    }

    @CanIgnoreReturnValue
    OnnxGraph input(String name, OnnxType type, Object... dims) {
        ends.message(GRAPH_INPUT, value(name, type, dims));
        return this;
    }

    @CanIgnoreReturnValue
    OnnxGraph output(String name, OnnxType type, Object... dims) {
        ends.message(GRAPH_OUTPUT, value(name, type, dims));
        return this;
    }

    /** Returns a ValueInfoProto. Dims are numbers, or names of free lengths. */
    private static Proto value(String name, OnnxType type, Object... dims) {
        Proto shape = new Proto();
        for (Object dim : dims) {
            Proto length = new Proto();
            shape.message(1, dim instanceof Integer i ? length.number(1, i) : length.text(2, dim.toString()));
        }
        Proto tensor = new Proto().number(1, type.code()).message(2, shape);
        return new Proto().text(1, name).message(2, new Proto().message(1, tensor));
    }

    /**
     * Writes the model.
     *
     * @throws OnnxException before writing anything if the model is too large; during writing if a value does not fit
     *     its format
     */
    void writeTo(OutputStream out, Map<String, String> metadata) throws IOException {
        Proto head = new Proto();
        nodes.forEach(node -> head.message(GRAPH_NODE, node.toProto()));
        head.text(GRAPH_NAME, PRODUCER);
        long size = (long) head.size() + ends.size();
        for (Initializer initializer : initializers) {
            size += prefix(initializer).length + initializer.size();
        }
        OnnxException.check(
                size < MAX_SIZE,
                "the network takes %.1f GB as an ONNX file, which can hold 2 GB: fp16 halves it,"
                        + " a narrower backbone has less",
                size / 1e9);
        out.write(preamble(metadata).lengthDelimited(MODEL_GRAPH, size).toBytes());
        out.write(head.toBytes());
        for (Initializer initializer : initializers) {
            out.write(prefix(initializer));
            initializer.writeTo(out);
        }
        out.write(ends.toBytes());
    }

    private static Proto preamble(Map<String, String> metadata) {
        Proto model = new Proto()
                .number(MODEL_IR_VERSION, IR_VERSION)
                .text(MODEL_PRODUCER, PRODUCER)
                .message(MODEL_OPSET, new Proto().text(1, "").number(2, OPSET));
        metadata.forEach((key, value) ->
                model.message(MODEL_METADATA, new Proto().text(1, key).text(2, value)));
        return model;
    }

    private static byte[] prefix(Initializer initializer) {
        return new Proto()
                .lengthDelimited(GRAPH_INITIALIZER, initializer.size())
                .toBytes();
    }
}
