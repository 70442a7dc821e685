package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.eval.internal.Products;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Squared distances of features as |a|&sup2; + |b|&sup2; - 2ab, by matrix products of blocks. The exact values are
 * those of {@link SquaredDistances}, times a power of two that scales the features to length 1 or less. If all features
 * are so short that their squares underflow, the near values equal the exact ones.
 *
 * <p>The tolerance is a bound, not an estimate, for any order of summation (Higham, Accuracy and Stability of Numerical
 * Algorithms, section 3.1): a float32 sum of n products is off by no more than n u |a||b|, u = 2^-24. Subtracting the
 * mean of the gallery from all features leaves the distances unchanged but makes |a||b| smaller.
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

    /** Rows per task. */
    private static final int ROWS = 16;

    /** Columns that one task transposes: whole cache lines. */
    private static final int COLUMNS = 64;

    /** Supplies the matrix products; null for none. */
    private interface ProductsSource {
        BlockProducts.@Nullable Factory get();
    }

    private final Rows queries;
    private final Rows gallery;
    private final SquaredDistances squared;
    private final BlockShape shape;
    private final boolean symmetric;
    private final ProductsSource products;
    private final float[] mean;
    private final float scale;
    private final double[] queryNorms;
    private final float[] gallerySquares;
    private final double longest;

    private BlockedSquaredDistances(
            Rows queries, Rows gallery, BlockShape shape, boolean symmetric, ProductsSource products) {
        this.queries = queries;
        this.gallery = gallery;
        this.shape = shape;
        this.symmetric = symmetric;
        squared = new SquaredDistances(queries, gallery);
        mean = mean(gallery);
        queryNorms = norms(queries);
        double[] galleryNorms = norms(gallery);
        double max = Math.max(max(queryNorms), max(galleryNorms));
        check(
                max < MAX_LENGTH,
                "a feature is %.3g long, must be less than %.3g for its square to be a float32",
                max,
                MAX_LENGTH);
        scale = max > MIN_LENGTH ? Math.scalb(1f, -1 - Math.getExponent(max)) : 1;
        this.products = max > MIN_LENGTH ? products : () -> null;
        gallerySquares = new float[galleryNorms.length];
        for (int j = 0; j < galleryNorms.length; j++) {
            double norm = galleryNorms[j] * scale;
            gallerySquares[j] = (float) (norm * norm);
        }
        longest = max(galleryNorms) * scale;
        for (int i = 0; i < queryNorms.length; i++) {
            queryNorms[i] *= scale;
        }
    }

    /** Returns the distances from queries to a gallery, by the best products on the class path. */
    static BlockedSquaredDistances between(Rows queries, Rows gallery, long bytes) {
        BlockShape shape = BlockShape.of(queries.size(), gallery.size(), queries.dims(), bytes);
        return new BlockedSquaredDistances(queries, gallery, shape, false, Products::best);
    }

    /** Returns the distances from queries to a gallery by the given products; null for none. */
    static BlockedSquaredDistances between(
            Rows queries, Rows gallery, long bytes, BlockProducts.@Nullable Factory products) {
        BlockShape shape = BlockShape.of(queries.size(), gallery.size(), queries.dims(), bytes);
        return new BlockedSquaredDistances(queries, gallery, shape, false, () -> products);
    }

    /** Returns the distances within one set of images. Each product serves two rows. */
    static BlockedSquaredDistances within(Rows images, long bytes) {
        BlockShape shape = BlockShape.square(images.size(), images.dims(), bytes);
        return new BlockedSquaredDistances(images, images, shape, true, Products::best);
    }

    /** Returns the distances within one set of images by the given products; null for none. */
    static BlockedSquaredDistances within(Rows images, long bytes, BlockProducts.@Nullable Factory products) {
        BlockShape shape = BlockShape.square(images.size(), images.dims(), bytes);
        return new BlockedSquaredDistances(images, images, shape, true, () -> products);
    }

    /** Returns the mean of a sample of at most 1024 rows. Any point near the mean will do. */
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
            mean[d] = (float) (sum[d] / Math.max(1, count));
        }
        return mean;
    }

    private double[] norms(Rows features) {
        double[] norms = new double[features.size()];
        IntStream.range(0, norms.length).parallel().forEach(i -> {
            norms[i] = Math.sqrt(squares(features.array(i), features.offset(i)));
        });
        return norms;
    }

    private double squares(float[] array, int offset) {
        double squares = 0;
        for (int d = 0; d < mean.length; d++) {
            double value = array[offset + d] - mean[d];
            squares += value * value;
        }
        return squares;
    }

    private static double max(double[] values) {
        double max = 0;
        for (double value : values) {
            max = Math.max(max, value);
        }
        return max;
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
    public float tolerance(int query) {
        double norm = queryNorms[query];
        double both = norm + longest;
        double error = (2.0 * (shape.depth() + shape.slices()) * norm * longest + OTHER_ERRORS * both * both) * UNIT;
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
        if (queries.size() == 0 || gallery.size() == 0) {
            return;
        }
        BlockProducts.Factory factory = products.get();
        if (factory == null) {
            QueryBlocks.forEachRow(squared, (query, row) -> {
                float[] near = new float[row.length];
                for (int j = 0; j < row.length; j++) {
                    near[j] = (float) (row[j] * scale * scale);
                }
                consumer.accept(query, 0, near.length, near);
            });
            return;
        }
        try (BlockProducts block = factory.open(shape.queries(), shape.gallery(), shape.depth(), shape.slices())) {
            for (int g = 0; g < gallery.size(); g += shape.gallery()) {
                int width = Math.min(shape.gallery(), gallery.size() - g);
                pack(gallery, g, width, block, true);
                for (int q = 0; q < (symmetric ? g + 1 : queries.size()); q += shape.queries()) {
                    int height = Math.min(shape.queries(), queries.size() - q);
                    pack(queries, q, height, block, false);
                    block.multiply();
                    consume(block, q, height, g, width, consumer);
                    if (symmetric && q < g) {
                        consumeTransposed(block, q, height, g, width, consumer);
                    }
                }
            }
        }
    }

    /** Copies rows into the operands of the product, with the mean subtracted and scaled. */
    private void pack(Rows from, int first, int rows, BlockProducts to, boolean isGallery) {
        int depth = shape.depth();
        tasks(rows, ROWS, (start, end) -> {
            float[] row = new float[depth * shape.slices()];
            for (int i = start; i < end; i++) {
                float[] array = from.array(first + i);
                int offset = from.offset(first + i);
                for (int d = 0; d < mean.length; d++) {
                    row[d] = (array[offset + d] - mean[d]) * scale;
                }
                for (int s = 0; s < shape.slices(); s++) {
                    (isGallery ? to.gallery(s) : to.queries(s)).put(i * depth, row, s * depth, depth);
                }
            }
        });
    }

    private void consume(BlockProducts block, int q, int height, int g, int width, PartConsumer consumer) {
        tasks(height, ROWS, (start, end) -> {
            float[] near = new float[width];
            float[] product = new float[width];
            for (int i = start; i < end; i++) {
                sum(block, i * shape.gallery(), near, product);
                finish(q + i, g, width, near);
                consumer.accept(q + i, g, width, near);
            }
        });
    }

    /** Hands over the columns of a block above the diagonal as the rows of its mirror block below the diagonal. */
    private void consumeTransposed(BlockProducts block, int q, int height, int g, int width, PartConsumer consumer) {
        tasks(width, COLUMNS, (start, end) -> {
            float[][] near = new float[end - start][height];
            float[] strip = new float[end - start];
            float[] product = new float[end - start];
            for (int i = 0; i < height; i++) {
                sum(block, i * shape.gallery() + start, strip, product);
                for (int j = 0; j < strip.length; j++) {
                    near[j][i] = strip[j];
                }
            }
            for (int j = 0; j < near.length; j++) {
                finish(g + start + j, q, height, near[j]);
                consumer.accept(g + start + j, q, height, near[j]);
            }
        });
    }

    /** Sums inner products over all slices. */
    private void sum(BlockProducts block, int offset, float[] into, float[] product) {
        block.products(0).get(offset, into);
        for (int s = 1; s < shape.slices(); s++) {
            block.products(s).get(offset, product);
            for (int j = 0; j < into.length; j++) {
                into[j] += product[j];
            }
        }
    }

    /** Converts inner products to squared distances. */
    private void finish(int query, int from, int width, float[] near) {
        float square = (float) (queryNorms[query] * queryNorms[query]);
        for (int j = 0; j < width; j++) {
            near[j] = square + gallerySquares[from + j] - 2 * near[j];
        }
    }

    @FunctionalInterface
    private interface Range {
        void run(int from, int to);
    }

    private static void tasks(int rows, int step, Range range) {
        IntStream.range(0, (rows + step - 1) / step)
                .parallel()
                .forEach(t -> range.run(t * step, Math.min(rows, (t + 1) * step)));
    }
}
