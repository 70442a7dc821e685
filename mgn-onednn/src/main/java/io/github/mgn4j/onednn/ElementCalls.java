package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.onednn.Workbench.Call;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** Operations of training by elements. */
final class ElementCalls {
    private final Workbench bench;
    private final Resources temporary;
    private final dnnl_memory_desc vector;

    ElementCalls(Workbench bench, long length, Resources temporary) {
        this.bench = bench;
        this.temporary = temporary;
        vector = Dnnl.descriptor(dnnl_f32, dnnl_a, temporary, length);
    }

    List<Call> sum(long a, long b, long y, boolean relu) {
        Attributes attributes = new Attributes(temporary);
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_binary_primitive_desc_create(
                description,
                bench.engine(),
                dnnl_binary_add,
                vector,
                vector,
                vector,
                (relu ? attributes.relu() : attributes).get());
        return List.of(bench.operands()
                .with(DNNL_ARG_SRC_0, vector, a)
                .with(DNNL_ARG_SRC_1, vector, b)
                .with(DNNL_ARG_DST, vector, y)
                .call("sum", description, status, temporary));
    }

    List<Call> reluGradient(long y, long dy, long dx) {
        int relu = dnnl_eltwise_relu_use_dst_for_bwd;
        Attributes attributes = new Attributes(temporary);
        dnnl_primitive_desc hint = new dnnl_primitive_desc();
        Dnnl.check(
                dnnl_eltwise_forward_primitive_desc_create(
                        hint, bench.engine(), dnnl_forward_training, relu, vector, vector, 0, 0, attributes.get()),
                "ReLU");
        temporary.own(hint, d -> dnnl_primitive_desc_destroy(d));
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_eltwise_backward_primitive_desc_create(
                description, bench.engine(), relu, vector, vector, vector, 0, 0, hint, attributes.get());
        return List.of(bench.operands()
                .with(DNNL_ARG_DST, vector, y)
                .with(DNNL_ARG_DIFF_DST, vector, dy)
                .with(DNNL_ARG_DIFF_SRC, vector, dx)
                .call("gradient of ReLU", description, status, temporary));
    }
}
