"""Checks ONNX files with onnx.checker, shapes included, and prints what they hold.

    apt-get install python3-onnx
    /usr/bin/python3 tools/reference/check_onnx.py FILE.onnx...
"""

import collections
import sys

import onnx


def check(path):
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path)
    graph = model.graph

    def ends(values):
        return ", ".join(
            "%s %s%s" % (
                v.name,
                onnx.TensorProto.DataType.Name(v.type.tensor_type.elem_type).lower(),
                [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim],
            )
            for v in values
        )

    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    unknown = [v.name for v in inferred.graph.value_info if not v.type.tensor_type.HasField("shape")]
    if unknown:
        raise ValueError("%s: no shape inferred for %s" % (path, unknown))
    operations = collections.Counter(node.op_type for node in graph.node)
    print(
        "%s: OK, opset %d, IR %d, %s -> %s, %d constants, %s, metadata %s"
        % (
            path, model.opset_import[0].version, model.ir_version, ends(graph.input), ends(graph.output),
            len(graph.initializer), dict(operations), [p.key for p in model.metadata_props],
        )
    )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for name in sys.argv[1:]:
        check(name)
