package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Bf16;
import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.eval.internal.Products;
import org.jspecify.annotations.Nullable;

/**
 * Squared distances of features as |a|&sup2; + |b|&sup2; - 2ab, by matrix products of blocks. The exact values are
 * those of {@link SquaredDistances}, times a power of two that scales the features to length 1 or less. If all features
 * are so short that their squares underflow, the near values equal the exact ones.
 *
 * <p>The tolerance is a bound, not an estimate, for any order of summation (Higham, Accuracy and Stability of Numerical
 * Algorithms, section 3.1): a float32 sum of n products is off by no more than n u |a||b|, u = 2^-24. Subtracting the
 * mean of the gallery from all features leaves the distances unchanged but makes |a||b| smaller. If products round the values
 * before, so that a and b are off by vectors e and f, they are off by no more than |e||b| + |a||f| + |e||f| besides (Cauchy and
 * Schwarz); e and f are computed.
 */
final class BlockedSquaredDistances implements BoundedDistances {
    private static final double UNIT = 0x1p-24;

    /**
     * Bound of all other rounding errors, in units of (|a|+|b|)&sup2;: subtracting the mean (2), the sums of {@link
     * SquaredDistances} (34), norms and their sum with the product (6), slices (2), and a margin.
     */
    private static final double OTHER_ERRORS = 48;

    private static final double MAX_LENGTH = 0x1p60;

    /**
     * Least length of the longest feature. The squares of shorter features underflow: their exact values are too coarse
     * for the tolerance.
     */
    private static final double MIN_LENGTH = 0x1p-40;

    private final Rows queries;
    private final Rows gallery;
    private final SquaredDistances squared;
    private final long bytes;
    private final boolean symmetric;
    private final BlockProducts.@Nullable Factory products;
    private final BlockProducts.Shape shape;
    private final float[] mean;
    private final float scale;
    private final Lengths queryLengths;
    private final Lengths galleryLengths;
    private final double longest;
    private final double largestError;

    private BlockedSquaredDistances(
            Rows queries, Rows gallery, long bytes, boolean symmetric, BlockProducts.@Nullable Factory factory) {
        this.queries = queries;
        this.gallery = gallery;
        this.bytes = bytes;
        this.symmetric = symmetric;
        squared = new SquaredDistances(queries, gallery);
        mean = mean(gallery);
        Precision precision = factory == null ? Precision.FP32 : factory.precision();
        shape = shape(queries, gallery, bytes, symmetric, precision);
        queryLengths = Lengths.of(queries, mean, precision);
        galleryLengths = symmetric ? queryLengths : Lengths.of(gallery, mean, precision);
        double max = Math.max(queryLengths.longest(), galleryLengths.longest());
        check(
                max < MAX_LENGTH,
                "a feature is %.3g long, must be less than %.3g for its square to be a float32",
                max,
                MAX_LENGTH);
        scale = max > MIN_LENGTH ? Math.scalb(1f, -1 - Math.getExponent(max)) : 1;
        this.products = max > MIN_LENGTH ? factory : null;
        longest = galleryLengths.longest() * scale;
        largestError = galleryLengths.largestError() * scale;
    }

    /** Creates the same distances by products in float32. */
    private BlockedSquaredDistances(BlockedSquaredDistances of) {
        queries = of.queries;
        gallery = of.gallery;
        squared = of.squared;
        bytes = of.bytes;
        symmetric = of.symmetric;
        mean = of.mean;
        scale = of.scale;
        queryLengths = of.queryLengths.exact();
        galleryLengths = of.galleryLengths.exact();
        longest = of.longest;
        largestError = 0;
        products = Products.float32();
        shape = shape(queries, gallery, bytes, symmetric, Precision.FP32);
    }

    private static BlockProducts.Shape shape(
            Rows queries, Rows gallery, long bytes, boolean symmetric, Precision precision) {
        return symmetric
                ? BlockShape.square(queries.size(), queries.dims(), bytes, precision)
                : BlockShape.of(queries.size(), gallery.size(), queries.dims(), bytes, precision);
    }

    /** Returns the distances from queries to a gallery by the given products; null for none. */
    static BlockedSquaredDistances between(
            Rows queries, Rows gallery, long bytes, BlockProducts.@Nullable Factory products) {
        return new BlockedSquaredDistances(queries, gallery, bytes, false, products);
    }

    /** Returns the distances within one set of images by the given products; null for none. Each product serves two rows. */
    static BlockedSquaredDistances within(Rows images, long bytes, BlockProducts.@Nullable Factory products) {
        return new BlockedSquaredDistances(images, images, bytes, true, products);
    }

    /**
     * Returns the mean of a sample of at most 1024 rows, rounded to bfloat16. Any point near the mean will do; less this one, a zero
     * is not rounded, and many values are zero after a ReLU.
     */
    private static float[] mean(Rows features) {
        int step = 1 + features.size() / 1024;
        double[] sum = new double[features.dims()];
        int count = 0;
        for (int i = 0; i < features.size(); i += step) {
            count++;
            float[] array = features.array(i);
            int offset = features.offset(i);
            for (int d = 0; d < sum.length; d++) {
                sum[d] += array[offset + d];
            }
        }
        float[] mean = new float[sum.length];
        for (int d = 0; d < sum.length; d++) {
            mean[d] = Bf16.round((float) (sum[d] / Math.max(1, count)));
        }
        return mean;
    }

    @Override
    public int queries() {
        return queries.size();
    }

    @Override
    public int gallery() {
        return gallery.size();
    }

    @Override
    public double exact(int query, int entry) {
        return squared.pair(query, entry) * scale * scale;
    }

    @Override
    public BoundedDistances sharp() {
        return products == null || products.precision() == Precision.FP32 ? this : new BlockedSquaredDistances(this);
    }

    @Override
    public float tolerance(int query) {
        return tolerance(query, longest, largestError);
    }

    @Override
    public float tolerance(int query, int entry) {
        return tolerance(query, galleryLengths.length(entry) * scale, galleryLengths.error(entry) * scale);
    }

    /** Returns the bound for an entry whose length is {@code b} and whose rounded values are {@code errorB} off. */
    private float tolerance(int query, double b, double errorB) {
        double a = queryLengths.length(query) * scale;
        double errorA = queryLengths.error(query) * scale;
        double rounding = errorA * b + a * errorB + errorA * errorB;
        double sums = (shape.depth() + shape.slices()) * UNIT * (a + errorA) * (b + errorB);
        double error = 2 * (sums + rounding) + OTHER_ERRORS * UNIT * (a + b) * (a + b);
        // Covers underflow in a product and the rounding of the tolerance itself.
        return (float) (1.01 * error + 1e-15);
    }

    /** Returns the squared distance. */
    @Override
    public double distance(double exact) {
        return exact / scale / scale;
    }

    @Override
    public void compute(int from, double[][] into) {
        squared.compute(from, into);
    }

    @Override
    public void scan(PartConsumer consumer) {
        if (products != null) {
            PackedRows asked = new PackedRows(queries, queryLengths, mean, scale);
            PackedRows entries = new PackedRows(gallery, galleryLengths, mean, scale);
            new BlockScan(asked, entries, shape, symmetric).run(products, consumer);
            return;
        }
        QueryBlocks.forEachRow(squared, (query, row) -> {
            float[] near = new float[row.length];
            for (int j = 0; j < near.length; j++) {
                near[j] = (float) (row[j] * scale * scale);
            }
            consumer.accept(query, 0, near.length, near);
        });
    }
}
