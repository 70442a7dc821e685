package io.github.mgn4j.eval;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.internal.FixedOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Squared distances of features scaled to unit length: twice the cosine distance. A feature of zeros has no direction.
 * Its distance to every other feature is exactly 2; otherwise the rounding of the others' lengths would rank them.
 */
final class BoundedUnitDistances implements BoundedDistances {
    private final BoundedDistances squared;
    private final boolean @Nullable [] zeroQueries;
    private final boolean @Nullable [] zeroGallery;
    /** Whether queries and gallery are the same images, each at distance 0 from itself. */
    private final boolean within;

    /** The exact value of a squared distance of 2. */
    private final double two;

    private BoundedUnitDistances(
            BoundedDistances squared,
            boolean @Nullable [] zeroQueries,
            boolean @Nullable [] zeroGallery,
            boolean within) {
        this.squared = squared;
        this.zeroQueries = zeroQueries;
        this.zeroGallery = zeroGallery;
        this.within = within;
        two = 2 / squared.distance(1);
    }

    /** Returns squared distances that rank by a metric, by the given products; null for none. */
    static BoundedDistances between(
            Rows queries, Rows gallery, DistanceMetric metric, long bytes, BlockProducts.@Nullable Factory products) {
        if (metric == DistanceMetric.EUCLIDEAN) {
            return BlockedSquaredDistances.between(queries, gallery, bytes, products);
        }
        BlockedSquaredDistances squared =
                BlockedSquaredDistances.between(queries.normalized(), gallery.normalized(), bytes, products);
        return of(squared, zeros(queries), zeros(gallery), false);
    }

    /** Returns squared distances within one set of images that rank by a metric, by the given products; null for none. */
    static BoundedDistances within(
            Rows all, DistanceMetric metric, long bytes, BlockProducts.@Nullable Factory products) {
        if (metric == DistanceMetric.EUCLIDEAN) {
            return BlockedSquaredDistances.within(all, bytes, products);
        }
        boolean[] zeros = zeros(all);
        return of(BlockedSquaredDistances.within(all.normalized(), bytes, products), zeros, zeros, true);
    }

    private static BoundedDistances of(
            BlockedSquaredDistances squared,
            boolean @Nullable [] zeroQueries,
            boolean @Nullable [] zeroGallery,
            boolean within) {
        return zeroQueries == null && zeroGallery == null
                ? squared
                : new BoundedUnitDistances(squared, zeroQueries, zeroGallery, within);
    }

    /** Returns for each row whether it is all zeros; null if no row is. */
    private static boolean @Nullable [] zeros(Rows features) {
        boolean[] zeros = new boolean[features.size()];
        boolean any = false;
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = FixedOrder.isZero(features.array(i), features.offset(i), features.dims());
            any |= zeros[i];
        }
        return any ? zeros : null;
    }

    @Override
    public int queries() {
        return squared.queries();
    }

    @Override
    public int gallery() {
        return squared.gallery();
    }

    @Override
    public double exact(int query, int entry) {
        return isRight(query, entry) ? two : squared.exact(query, entry);
    }

    /** Returns whether one of the two has no direction, which counts as a right angle. */
    private boolean isRight(int query, int entry) {
        boolean zero = (zeroQueries != null && zeroQueries[query]) || (zeroGallery != null && zeroGallery[entry]);
        return zero && !(within && query == entry);
    }

    @Override
    public float tolerance(int query) {
        return squared.tolerance(query);
    }

    @Override
    public float tolerance(int query, int entry) {
        // The lengths of features of zeros say nothing about their distances, which are exact.
        return squared.tolerance(query, entry);
    }

    @Override
    public BoundedDistances sharp() {
        BoundedDistances sharp = squared.sharp();
        return sharp == squared ? this : new BoundedUnitDistances(sharp, zeroQueries, zeroGallery, within);
    }

    @Override
    public double distance(double exact) {
        return squared.distance(exact);
    }

    @Override
    public void compute(int from, double[][] into) {
        squared.compute(from, into);
        for (int i = 0; i < into.length; i++) {
            for (int j = 0; j < into[i].length; j++) {
                if (isRight(from + i, j)) {
                    into[i][j] = 2;
                }
            }
        }
    }

    @Override
    public void scan(PartConsumer consumer) {
        squared.scan((query, from, width, near) -> {
            int self = within ? query - from : -1;
            float nearSelf = self >= 0 && self < width ? near[self] : 0;
            if (zeroQueries != null && zeroQueries[query]) {
                Arrays.fill(near, 0, width, (float) two);
            }
            for (int j = 0; zeroGallery != null && j < width; j++) {
                near[j] = zeroGallery[from + j] ? (float) two : near[j];
            }
            if (self >= 0 && self < width) {
                near[self] = nearSelf;
            }
            consumer.accept(query, from, width, near);
        });
    }
}
