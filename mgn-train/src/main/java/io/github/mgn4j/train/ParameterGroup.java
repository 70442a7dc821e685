package io.github.mgn4j.train;

/**
 * Training settings of a group of parameters.
 *
 * @param name name for logs
 * @param lrMultiplier multiplier of the learning rate; 0 freezes the group
 * @param decayMultiplier multiplier of the weight decay; 0 for none
 */
public record ParameterGroup(String name, double lrMultiplier, double decayMultiplier) {
    /** The group whose parameters are trained as the recipe says. */
    public static final ParameterGroup STANDARD = new ParameterGroup("standard", 1, 1);

    public ParameterGroup {
        check(name, "learning rate", lrMultiplier);
        check(name, "decay", decayMultiplier);
    }

    private static void check(String name, String what, double multiplier) {
        RecipeException.check(
                multiplier >= 0 && multiplier < Double.POSITIVE_INFINITY,
                "parameter group '%s': its %s multiplier must be 0 or more, not %s",
                name,
                what,
                multiplier);
    }
}
