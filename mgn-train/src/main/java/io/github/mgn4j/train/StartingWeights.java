package io.github.mgn4j.train;

import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The weights that a training starts from. */
final class StartingWeights {
    private static final Logger log = LoggerFactory.getLogger(StartingWeights.class);

    private StartingWeights() {}

    /** Returns a recipe's network for a number of identities, with fresh weights. */
    static Model fresh(Recipe recipe, int classes) {
        return WeightInit.initialise(recipe.network().spec(classes), recipe.seed());
    }

    /**
     * Returns a trained network for data with a number of identities. If that is its number of classes the network is
     * kept, classifiers included; otherwise it gets new classifiers, which is logged.
     *
     * @param seed seed of the new classifiers
     */
    static Model from(Model trained, int classes, long seed) {
        MgnSpec old = trained.spec();
        if (old.classes() == classes) {
            log.info("the classifiers of the given model are kept: {} identities", classes);
            return trained;
        }
        log.info("new classifiers for {} identities: those of the given model are for {}", classes, old.classes());
        MgnSpec spec = old.toBuilder().classes(classes).build();
        Model fresh = WeightInit.initialise(spec, seed);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter p : NetworkSummary.of(spec).parameters()) {
            Weights source = p.section() == Parameter.Section.CLASSIFIER ? fresh.weights() : trained.weights();
            tensors.put(p.name(), source.get(p.name()));
        }
        return new Model(spec, Weights.of(tensors), trained.preprocessing(), null, null, trained.provenance());
    }
}
