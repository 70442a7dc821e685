package io.github.mgn4j.train;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.spec.Parameter;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The group of each parameter. Immutable. */
public final class ParameterGroups {
    private static final ParameterGroups STANDARD = new ParameterGroups(ImmutableMap.of());
    private final ImmutableMap<String, ParameterGroup> groups;

    private ParameterGroups(Map<String, ParameterGroup> groups) {
        this.groups = ImmutableMap.copyOf(groups);
    }

    /**
     * Returns groups with every parameter in {@link ParameterGroup#STANDARD}. As in the article, decay applies to batch
     * norms and biases too.
     */
    public static ParameterGroups standard() {
        return STANDARD;
    }

    /** Groups parameters by a rule. */
    public static ParameterGroups by(Collection<Parameter> parameters, Function<Parameter, ParameterGroup> rule) {
        ImmutableMap.Builder<String, ParameterGroup> groups = ImmutableMap.builder();
        parameters.stream().filter(Parameter::trainable).forEach(p -> groups.put(p.name(), rule.apply(p)));
        return new ParameterGroups(groups.buildOrThrow());
    }

    /** Returns the group of a parameter; {@link ParameterGroup#STANDARD} if it is in no other. */
    public ParameterGroup of(String parameter) {
        return Objects.requireNonNullElse(groups.get(parameter), ParameterGroup.STANDARD);
    }
}
