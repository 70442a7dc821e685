package io.github.mgn4j.train;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.spec.Parameter;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Which group each parameter is in. Immutable. */
public final class ParameterGroups {
    private static final ParameterGroups STANDARD = new ParameterGroups(ImmutableMap.of());
    private final ImmutableMap<String, ParameterGroup> groups;

    private ParameterGroups(Map<String, ParameterGroup> groups) {
        this.groups = ImmutableMap.copyOf(groups);
    }

    /** Everything in {@link ParameterGroup#STANDARD}: decay applies to batch norms and biases too, as in the article. */
    public static ParameterGroups standard() {
        return STANDARD;
    }

    /** Groups by a rule. */
    public static ParameterGroups by(Collection<Parameter> parameters, Function<Parameter, ParameterGroup> rule) {
        ImmutableMap.Builder<String, ParameterGroup> groups = ImmutableMap.builder();
        parameters.stream().filter(Parameter::trainable).forEach(p -> groups.put(p.name(), rule.apply(p)));
        return new ParameterGroups(groups.buildOrThrow());
    }

    /** The group of a parameter; the standard one for those nobody named. */
    public ParameterGroup of(String parameter) {
        return Objects.requireNonNullElse(groups.get(parameter), ParameterGroup.STANDARD);
    }
}
