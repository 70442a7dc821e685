package io.github.mgn4j.gallery;

import io.github.jbellis.jvector.disk.ByteBufferReader;
import io.github.jbellis.jvector.disk.IndexWriter;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.OnHeapGraphIndex;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.quantization.PQVectors;
import io.github.jbellis.jvector.quantization.ProductQuantization;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntPredicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A graph of neighbours and product-quantised features by jvector, over the first rows of a gallery. The only class that needs
 * jvector. Immutable and thread-safe.
 */
final class ApproximateIndex {
    /** The version of jvector's formats for the graph and for quantised features. */
    private static final int FORMAT = 6;

    private static final int CLUSTERS = 256;
    private static final float OVERFLOW = 1.2f;
    private static final float ALPHA = 1.2f;
    private static final VectorSimilarityFunction NEAR = VectorSimilarityFunction.EUCLIDEAN;

    /** Held, so that its level stays: on Java 17 jvector warns that it computes without SIMD, which nobody can change there. */
    private static final Logger JVECTOR = Logger.getLogger("io.github.jbellis.jvector");

    private final OnHeapGraphIndex graph;
    private final PQVectors quantised;

    private ApproximateIndex(OnHeapGraphIndex graph, PQVectors quantised) {
        this.graph = graph;
        this.quantised = quantised;
    }

    /** Quantises the features of a view and joins them to a graph. Takes minutes to an hour. */
    static ApproximateIndex build(View view, IndexOptions options) throws IOException {
        VectorTypeSupport types = types();
        Rows rows = new Rows(view, types);
        int dims = rows.dimension();
        int bytes = Math.min(dims, Math.max(1, options.bytesPerEntry()));
        ForkJoinPool pool = new ForkJoinPool(options.threads());
        try {
            ProductQuantization quantisation =
                    ProductQuantization.compute(rows, bytes, Math.min(CLUSTERS, view.rows()), false, -1, pool, pool);
            PQVectors quantised = quantisation.encodeAll(rows, pool);
            BuildScoreProvider scores = BuildScoreProvider.pqBuildScoreProvider(NEAR, quantised);
            try (GraphIndexBuilder builder = GraphIndexBuilder.builder(scores, dims, options.degree())
                    .withBeamWidth(options.beam())
                    .withNeighborOverflow(OVERFLOW)
                    .withAlpha(ALPHA)
                    .withSimdExecutor(pool)
                    .withParallelExecutor(pool)
                    .build()) {
                return new ApproximateIndex((OnHeapGraphIndex) builder.build(rows), quantised);
            }
        } finally {
            pool.shutdown();
        }
    }

    private static VectorTypeSupport types() {
        if (JVECTOR.getLevel() == null) {
            JVECTOR.setLevel(Level.SEVERE);
        }
        return VectorizationProvider.getInstance().getVectorTypeSupport();
    }

    /**
     * Returns the rows that are near by quantised distance, in no order.
     *
     * @param count number of rows
     * @param accepted the rows that may be found
     */
    int[] candidates(float[] query, int count, IntPredicate accepted) {
        VectorFloat<?> vector = types().createFloatVector(query);
        try (GraphSearcher searcher = new GraphSearcher(graph)) {
            SearchResult found = searcher.search(
                    new DefaultSearchScoreProvider(quantised.precomputedScoreFunctionFor(vector, NEAR)),
                    count,
                    count,
                    0f,
                    0f,
                    accepted::test);
            SearchResult.NodeScore[] nodes = found.getNodes();
            int[] rows = new int[nodes.length];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = nodes[i].node;
            }
            return rows;
        } catch (IOException e) {
            throw new IllegalStateException(e); // the graph is in memory
        }
    }

    @SuppressWarnings("deprecation") // the only way to store a graph without a second copy of the features
    void write(OutputStream out) throws IOException {
        CountingWriter writer = new CountingWriter(out);
        graph.save(writer);
        quantised.write(writer, FORMAT);
        writer.flush();
    }

    @SuppressWarnings({"deprecation", "NullAway"}) // a graph that does not grow needs no diversity
    static ApproximateIndex read(ByteBuffer from, int dims) throws IOException {
        types();
        try (ByteBufferReader reader = new ByteBufferReader(from)) {
            OnHeapGraphIndex graph = OnHeapGraphIndex.load(reader, dims, OVERFLOW, null);
            return new ApproximateIndex(graph, PQVectors.load(reader));
        }
    }

    /** The features of a view, copied one by one. */
    private record Rows(View view, VectorTypeSupport types) implements RandomAccessVectorValues {
        @Override
        public int size() {
            return view.rows();
        }

        @Override
        public int dimension() {
            return view.features().dims();
        }

        @Override
        public VectorFloat<?> getVector(int row) {
            float[] feature = new float[dimension()];
            view.read(row, feature);
            return types.createFloatVector(feature);
        }

        @Override
        public boolean isValueShared() {
            return false;
        }

        @Override
        public RandomAccessVectorValues copy() {
            return this;
        }
    }

    /** A stream that knows how much it was given. */
    private static final class CountingWriter extends DataOutputStream implements IndexWriter {
        private static final int BUFFER = 1 << 16;
        private long position;

        CountingWriter(OutputStream out) {
            super(new BufferedOutputStream(out, BUFFER));
        }

        @Override
        public synchronized void write(int b) throws IOException {
            super.write(b);
            position++;
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) throws IOException {
            super.write(bytes, from, length);
            position += length;
        }

        @Override
        public long position() {
            return position;
        }
    }
}
