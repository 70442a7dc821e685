package io.github.mgn4j.study;

import io.github.mgn4j.data.IdentityBalancedSampler;
import io.github.mgn4j.data.IdentityIndex;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.train.Recipe;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the rows of a study comparable: the same batches and steps for every network. */
final class StudySetup {
    private final IdentityIndex index;
    private final @Nullable Integer iterations;

    StudySetup(ReidDataset dataset, @Nullable Integer iterations) {
        index = IdentityIndex.of(dataset.requireTrain());
        this.iterations = iterations;
    }

    /**
     * Returns the rows for the data, their recipes with the study's number of steps.
     *
     * @throws StudyException if names clash, or two networks would see other batches or take another number of steps
     */
    List<StudyRow> rows(List<StudyRow> given) {
        StudyException.check(!given.isEmpty(), "a study without rows, expected at least one");
        Map<String, String> names = new HashMap<>();
        for (StudyRow row : given) {
            String other = names.put(row.fileName(), row.name());
            StudyException.check(
                    other == null,
                    "rows '%s' and '%s': names that differ in letters or digits expected",
                    String.valueOf(other),
                    row.name());
        }
        List<StudyRow> rows = given.stream()
                .map(row -> row.withRecipes(this::withSteps).withClasses(index.classes()))
                .toList();
        StudyRow first = rows.get(0);
        for (StudyRow row : rows) {
            for (StudyNetwork network : row.networks()) {
                checkSame(first, row, first.networks().get(0).recipe(), network.recipe());
                network.usedObjective().check(network.spec(), network.recipe().batchSize());
            }
        }
        return rows;
    }

    private int perEpoch(Recipe recipe) {
        return new IdentityBalancedSampler(
                        index, recipe.p(), recipe.k(), recipe.sampling().epochLength(), recipe.seed())
                .iterationsPerEpoch();
    }

    int iterations(Recipe recipe) {
        return recipe.totalIterations(perEpoch(recipe));
    }

    /** Gives a recipe the study's number of steps; the epochs of its schedule keep their shares of the training. */
    private Recipe withSteps(Recipe recipe) {
        if (iterations == null) {
            return recipe;
        }
        StudyException.check(iterations >= 1, "iterations must be at least 1, not %d", iterations);
        double share = iterations / ((double) recipe.epochs() * perEpoch(recipe));
        return recipe.toBuilder()
                .iterations(iterations)
                .lrSteps(recipe.schedule().steps().stream().map(e -> e * share).toList())
                .warmUpEpochs(recipe.schedule().warmUpEpochs() * share)
                .build();
    }

    private void checkSame(StudyRow one, StudyRow other, Recipe a, Recipe b) {
        checkSame("p", one, other, a.p(), b.p());
        checkSame("k", one, other, a.k(), b.k());
        checkSame("epoch", one, other, a.sampling().epochLength(), b.sampling().epochLength());
        checkSame("augment", one, other, a.sampling().augment(), b.sampling().augment());
        checkSame("on-error", one, other, a.sampling().onError(), b.sampling().onError());
        checkSame("steps", one, other, iterations(a), iterations(b));
    }

    private static void checkSame(String name, StudyRow one, StudyRow other, Object a, Object b) {
        StudyException.check(
                Objects.equals(a, b),
                "rows '%s' and '%s': %s %s and %s; the networks of a study are trained on the same batches",
                one.name(),
                other.name(),
                name,
                a,
                b);
    }

    static void checkSeeds(List<Long> seeds) {
        StudyException.check(!seeds.isEmpty(), "a study without seeds, expected at least one");
        StudyException.check(new HashSet<>(seeds).size() == seeds.size(), "seeds: %s has one twice", seeds);
    }

    /** Checks before any training that the gallery can be re-ranked. */
    static void checkGallery(ReidDataset dataset, ReRanker reRanker) {
        dataset.requireTest();
        long images = dataset.gallery().stream()
                .filter(image -> image.pid() != ReidImage.JUNK)
                .count();
        int needed = Math.max(reRanker.k1(), reRanker.k2());
        StudyException.check(
                images >= needed,
                "the gallery has %d images (junk left out), re-ranking with k1 %d and k2 %d needs %d: take smaller ones",
                images,
                reRanker.k1(),
                reRanker.k2(),
                needed);
    }
}
