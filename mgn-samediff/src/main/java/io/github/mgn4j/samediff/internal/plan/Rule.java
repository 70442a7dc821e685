package io.github.mgn4j.samediff.internal.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A local improvement of a plan: replaces a slow step by faster ones. */
interface Rule {
    /**
     * Returns the steps that replace a step, in order, or null to keep it. They compute the same outputs, apart from rounding
     * where the order of a sum differs.
     */
    @Nullable
    List<Step> rewrite(Step step, Rewriter rewriter);
}
