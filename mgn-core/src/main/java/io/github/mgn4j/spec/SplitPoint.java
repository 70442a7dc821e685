package io.github.mgn4j.spec;

/**
 * Where the shared trunk ends and the branches begin: after block {@code blocks} (counted from 1) of {@code stage}.
 * The paper's network shares up to {@code layer3[0]}, which is {@code new SplitPoint(3, 1)}.
 *
 * @param stage the last stage of which the trunk has a block, 1 to 4
 * @param blocks how many of that stage's blocks the trunk has, at least 1; a branch owns the rest
 */
public record SplitPoint(int stage, int blocks) {
    public SplitPoint {
        SpecException.check(
                stage >= 1 && stage <= Backbone.STAGES, "split stage must be 1 to %s, not %s", Backbone.STAGES, stage);
        SpecException.check(blocks >= 1, "split blocks must be at least 1, not %s", blocks);
    }
}
