package io.github.mgn4j.samediff.internal.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A local improvement of a plan: faster steps for a slow one. */
interface Rule {
    /**
     * The steps that take the place of a step, in their order, or null to leave it. They compute the same outputs, but
     * for rounding where a sum is taken in another order.
     */
    @Nullable
    List<Step> rewrite(Step step, Rewriter rewriter);
}
