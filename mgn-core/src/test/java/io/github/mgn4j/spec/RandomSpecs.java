package io.github.mgn4j.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Valid networks of all kinds for property tests, the same for the same seed. */
public final class RandomSpecs {
    private static final int[] DEPTHS = {18, 34, 50, 101};

    private RandomSpecs() {}

    /** A network of random depth, width, split, branches and heads, whose map heights the stripes divide. */
    public static MgnSpec next(Random random) {
        Backbone backbone = new Backbone(DEPTHS[random.nextInt(4)], (1 + random.nextInt(32)) / 16.0);
        int stage = 1 + random.nextInt(4);
        SplitPoint split = new SplitPoint(stage, 1 + random.nextInt(backbone.blocks(stage)));
        InputSize input = new InputSize(32 * (1 + random.nextInt(12)), 32 + random.nextInt(97));
        List<Branch> branches = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        while (branches.size() < count) {
            TreeSet<Integer> unitStride = new TreeSet<>();
            IntStream.rangeClosed(stage + 1, 4)
                    .filter(s -> random.nextBoolean())
                    .forEach(unitStride::add);
            int rows = Topology.mapHeight(input.height(), backbone, new Branch(true, List.of(), unitStride));
            List<Integer> stripes = IntStream.rangeClosed(2, 6)
                    .filter(n -> rows % n == 0 && random.nextBoolean())
                    .boxed()
                    .toList();
            branches.add(new Branch(stripes.isEmpty() || random.nextBoolean(), stripes, unitStride));
        }
        return new MgnSpec(
                backbone,
                input,
                split,
                branches,
                random.nextBoolean() ? Pooling.MAX : Pooling.AVG,
                random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(512),
                random.nextBoolean() ? ClassifierPosition.BEFORE_REDUCTION : ClassifierPosition.AFTER_REDUCTION,
                1 + random.nextInt(5000));
    }
}
