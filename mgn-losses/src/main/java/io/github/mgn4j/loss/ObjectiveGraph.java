package io.github.mgn4j.loss;

import io.github.mgn4j.spec.FeaturePart;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An objective as part of a SameDiff graph: the names of the variables that hold its values.
 *
 * @param labels placeholder for the identities, {@code [batch, classes]}: 1 at each image's class, else 0
 * @param total scalar: the sum of all weighted terms, the graph's only loss variable
 * @param softmax scalar: the weighted sum of the softmax terms (their mean in the paper's objective)
 * @param triplet scalar: the weighted sum of the triplet terms (their mean in the paper's objective)
 * @param terms scalars: every term by its {@link LossTerm#name()}, without its weight, in the objective's order
 */
public record ObjectiveGraph(String labels, String total, String softmax, String triplet, Map<String, String> terms) {
    /** The name of the placeholder for the identities. */
    public static final String LABELS = "labels";

    public ObjectiveGraph {
        terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
    }

    /**
     * Adds an objective to the graph of a network and makes its total the graph's loss.
     *
     * <p>SameDiff prunes from the gradient graph what no gradient needs: to read other values when computing gradients, request
     * them (see {@link #outputs()}).
     *
     * @param batch images per step
     * @param classes number of identities
     * @param logits returns the classifier's output for a feature, {@code [batch, classes]}; called only for features with a
     *     loss on logits
     * @param reduced returns the reduced vector of a feature, {@code [batch, dims]}; called only for features with a loss on
     *     vectors
     */
    public static ObjectiveGraph add(
            SameDiff sd,
            Objective objective,
            int batch,
            int classes,
            Function<FeaturePart, SDVariable> logits,
            Function<FeaturePart, SDVariable> reduced) {
        LossTerm first = objective.terms().get(0);
        DataType type =
                (first.readsLogits() ? logits : reduced).apply(first.feature()).dataType();
        SDVariable labels = sd.placeHolder(LABELS, type, batch, classes);
        Map<String, String> names = new LinkedHashMap<>();
        List<SDVariable> softmax = new ArrayList<>();
        List<SDVariable> triplet = new ArrayList<>();
        List<SDVariable> custom = new ArrayList<>();
        for (LossTerm term : objective.terms()) {
            SDVariable value;
            if (term instanceof SoftmaxTerm s) {
                value = s.loss().apply(sd, logits.apply(s.feature()), labels, classes);
                softmax.add(value.mul(s.weight()));
            } else if (term instanceof TripletTerm t) {
                value = t.loss().apply(sd, reduced.apply(t.feature()), labels);
                triplet.add(value.mul(t.weight()));
            } else {
                CustomTerm c = (CustomTerm) term;
                value = c.apply(sd, (c.readsLogits() ? logits : reduced).apply(c.feature()), labels);
                custom.add(value.mul(c.weight()));
            }
            names.put(term.name(), value.rename("loss/" + term.name()).name());
        }
        SDVariable softmaxSum = sum(sd, softmax, type).rename("loss/softmax");
        SDVariable tripletSum = sum(sd, triplet, type).rename("loss/triplet");
        SDVariable rest = custom.isEmpty() ? tripletSum : tripletSum.add(sum(sd, custom, type));
        SDVariable total = softmaxSum.add("loss/total", rest);
        sd.setLossVariables(total.name());
        return new ObjectiveGraph(labels.name(), total.name(), softmaxSum.name(), tripletSum.name(), names);
    }

    /** Returns all variables with values: the total, the two sums and every term. */
    public List<String> outputs() {
        List<String> all = new ArrayList<>(List.of(total, softmax, triplet));
        all.addAll(terms.values());
        return List.copyOf(all);
    }

    private static SDVariable sum(SameDiff sd, List<SDVariable> values, DataType type) {
        if (values.isEmpty()) {
            return sd.constant(Nd4j.scalar(type, 0));
        }
        SDVariable sum = values.get(0);
        for (SDVariable value : values.subList(1, values.size())) {
            sum = sum.add(value);
        }
        return values.size() == 1 ? sum.add(0.0) : sum;
    }
}
