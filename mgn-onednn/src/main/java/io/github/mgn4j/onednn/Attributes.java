package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.Resources;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;

/** Attributes of a primitive: scales of integers, sum and ReLU, in the order of the calls. */
final class Attributes {
    private final dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    private final dnnl_post_ops postOps = new dnnl_post_ops();
    private final Map<Integer, Float> scales = new LinkedHashMap<>();
    private boolean perChannel;

    Attributes(Resources owner) {
        Dnnl.check(dnnl_primitive_attr_create(attributes), "attributes");
        owner.own(attributes, a -> dnnl_primitive_attr_destroy(a));
        Dnnl.check(dnnl_post_ops_create(postOps), "post-operations");
        owner.own(postOps, p -> dnnl_post_ops_destroy(p));
        // Scratchpad memory comes from the plan's arena, not from the heap at every call.
        Dnnl.check(dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "scratchpad mode");
    }

    /** Adds the previous contents of the destination. */
    Attributes sum(TensorType residual) {
        Dnnl.check(dnnl_post_ops_append_sum(postOps, residual.scale(), 0, residual.dataType()), "sum");
        return this;
    }

    Attributes relu() {
        Dnnl.check(dnnl_post_ops_append_eltwise(postOps, dnnl_eltwise_relu, 0, 0), "ReLU");
        return this;
    }

    /** Sets the scale of an operand; does nothing for floating point. */
    Attributes scale(int argument, TensorType type) {
        if (type.isInteger()) {
            Dnnl.check(dnnl_primitive_attr_set_scales_mask(attributes, argument, 0), "scale");
            scales.put(argument, type.scale());
        }
        return this;
    }

    /** Sets a scale per output channel, for weights. */
    Attributes scalePerChannel(int argument) {
        Dnnl.check(dnnl_primitive_attr_set_scales_mask(attributes, argument, 1), "scales");
        perChannel = true;
        return this;
    }

    boolean isPerChannel() {
        return perChannel;
    }

    Map<Integer, Float> scales() {
        return scales;
    }

    /** Returns the finished attributes. */
    dnnl_primitive_attr get() {
        Dnnl.check(dnnl_primitive_attr_set_post_ops(attributes, postOps), "post-operations");
        return attributes;
    }
}
