package io.github.mgn4j.spec;

/**
 * The end of the shared trunk: after block {@code blocks} (counted from 1) of {@code stage}. The paper's network shares up
 * to {@code layer3[0]}, which is {@code new SplitPoint(3, 1)}.
 *
 * @param stage the last stage with a block in the trunk, 1 to 4
 * @param blocks the number of that stage's blocks in the trunk, at least 1; each branch owns the rest
 */
public record SplitPoint(int stage, int blocks) {
    public SplitPoint {
        SpecException.check(
                stage >= 1 && stage <= Backbone.STAGES, "split stage must be 1 to %s, not %s", Backbone.STAGES, stage);
        SpecException.check(blocks >= 1, "split blocks must be at least 1, not %s", blocks);
    }
}
