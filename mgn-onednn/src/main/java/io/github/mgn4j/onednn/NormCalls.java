package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.engine.internal.TrainingKernels.BatchNorm;
import io.github.mgn4j.engine.internal.TrainingKernels.BatchNormGradients;
import io.github.mgn4j.engine.internal.TrainingKernels.BatchNormOperands;
import io.github.mgn4j.onednn.Workbench.Call;
import io.github.mgn4j.onednn.Workbench.Operands;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** A batch norm of training and its gradient. */
final class NormCalls {
    private final Workbench bench;
    private final BatchNorm norm;
    private final Resources temporary;
    private final dnnl_memory_desc map;
    private final dnnl_memory_desc vector;
    private final dnnl_primitive_attr attributes;
    private final int flags;

    NormCalls(Workbench bench, BatchNorm norm, Resources temporary) {
        this.bench = bench;
        this.norm = norm;
        this.temporary = temporary;
        map = Dnnl.descriptor(dnnl_f32, dnnl_nhwc, temporary, norm.batch(), norm.channels(), norm.pixels(), 1);
        vector = Dnnl.descriptor(dnnl_f32, dnnl_a, temporary, norm.channels());
        attributes = new Attributes(temporary).get();
        flags = dnnl_use_scale | dnnl_use_shift | (norm.relu() ? dnnl_fuse_norm_relu : 0);
    }

    private int forward(dnnl_primitive_desc description, int flags) {
        return dnnl_batch_normalization_forward_primitive_desc_create(
                description, bench.engine(), dnnl_forward_training, map, map, norm.epsilon(), flags, attributes);
    }

    private dnnl_primitive_desc hint() {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        Dnnl.check(forward(description, flags), "batch norm");
        return temporary.own(description, d -> dnnl_primitive_desc_destroy(d));
    }

    long maskBytes() {
        return norm.relu() ? Dnnl.size(Dnnl.wanted(hint(), dnnl_query_workspace_md)) : 0;
    }

    List<Call> forward(BatchNormOperands at, long y) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = forward(description, flags | dnnl_use_global_stats);
        Dnnl.check(status, "batch norm");
        Operands operands = bench.operands()
                .with(DNNL_ARG_SRC, map, at.x())
                .with(DNNL_ARG_SCALE, vector, at.scale())
                .with(DNNL_ARG_SHIFT, vector, at.shift())
                .with(DNNL_ARG_DST, map, y)
                .with(DNNL_ARG_MEAN, vector, at.mean())
                .with(DNNL_ARG_VARIANCE, vector, at.variance());
        ChannelMoments moments = new ChannelMoments(
                at.x(), norm.batch() * norm.pixels(), Math.toIntExact(norm.channels()), at.mean(), at.variance());
        return List.of(
                moments::compute,
                withMask(operands, description, at.mask()).call("batch norm", description, status, temporary));
    }

    List<Call> gradient(BatchNormOperands at, BatchNormGradients gradients) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_batch_normalization_backward_primitive_desc_create(
                description, bench.engine(), dnnl_backward, map, map, map, norm.epsilon(), flags, hint(), attributes);
        Dnnl.check(status, "gradient of batch norm");
        Operands operands = bench.operands()
                .with(DNNL_ARG_SRC, map, at.x())
                .with(DNNL_ARG_SCALE, vector, at.scale())
                .with(DNNL_ARG_MEAN, vector, at.mean())
                .with(DNNL_ARG_VARIANCE, vector, at.variance())
                .with(DNNL_ARG_DIFF_DST, map, gradients.dy())
                .with(DNNL_ARG_DIFF_SRC, map, gradients.dx())
                .with(DNNL_ARG_DIFF_SCALE, vector, gradients.dScale())
                .with(DNNL_ARG_DIFF_SHIFT, vector, gradients.dShift());
        return List.of(withMask(operands, description, at.mask())
                .call("gradient of batch norm", description, status, temporary));
    }

    private Operands withMask(Operands operands, dnnl_primitive_desc description, long mask) {
        return norm.relu()
                ? operands.with(DNNL_ARG_WORKSPACE, Dnnl.wanted(description, dnnl_query_workspace_md), mask)
                : operands;
    }
}
