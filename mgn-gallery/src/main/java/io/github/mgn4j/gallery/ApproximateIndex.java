package io.github.mgn4j.gallery;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.OnHeapGraphIndex;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntPredicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;

/**
 * A graph of neighbours by jvector, over the first rows of a gallery, projected to the directions in which they vary most. Only it and
 * {@link IndexStreams} need jvector. Thread-safe.
 */
final class ApproximateIndex {
    private static final float OVERFLOW = 1.2f;
    private static final float ALPHA = 1.2f;
    private static final VectorSimilarityFunction NEAR = VectorSimilarityFunction.EUCLIDEAN;

    /** Held, so that its level stays: on Java 17 jvector warns that it computes without SIMD, which nobody can change there. */
    private static final Logger JVECTOR = Logger.getLogger("io.github.jbellis.jvector");

    private final OnHeapGraphIndex graph;
    private final Subspace subspace;
    private final Rows rows;
    private final LaterProjections later;

    private ApproximateIndex(OnHeapGraphIndex graph, Subspace subspace, Rows rows) {
        this.graph = graph;
        this.subspace = subspace;
        this.rows = rows;
        later = new LaterProjections(subspace, rows.size());
    }

    /** Projects the features of a view and joins them to a graph. Takes seconds to hours. */
    static ApproximateIndex build(View view, IndexOptions options) throws IOException {
        VectorTypeSupport types = types();
        ForkJoinPool pool = new ForkJoinPool(options.threads());
        try {
            Subspace subspace =
                    pool.submit(() -> SubspaceFit.fit(view, options.dims())).join();
            float[][] projected = new float[view.rows()][];
            pool.submit(() -> IntStream.range(0, view.rows())
                            .parallel()
                            .forEach(row -> projected[row] = subspace.project(view.read(row))))
                    .join();
            Rows rows = new Rows(projected, subspace.dims(), types);
            BuildScoreProvider scores = BuildScoreProvider.randomAccessScoreProvider(rows, NEAR);
            try (GraphIndexBuilder builder = GraphIndexBuilder.builder(scores, subspace.dims(), options.degree())
                    .withBeamWidth(options.beam())
                    .withNeighborOverflow(OVERFLOW)
                    .withAlpha(ALPHA)
                    .withSimdExecutor(pool)
                    .withParallelExecutor(pool)
                    .build()) {
                return new ApproximateIndex((OnHeapGraphIndex) builder.build(rows), subspace, rows);
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
     * Returns the rows that are near by projected distance, in no order.
     *
     * @param count number of rows
     * @param accepted the rows that may be found
     */
    int[] candidates(float[] query, int count, IntPredicate accepted) {
        ProjectedQuery projected = new ProjectedQuery(subspace.project(query));
        // The similarity by which jvector built the graph.
        ScoreFunction.ExactScoreFunction score = row -> 1 / (1 + projected.square(rows.projected()[row]));
        try (GraphSearcher searcher = new GraphSearcher(graph)) {
            SearchResult found =
                    searcher.search(new DefaultSearchScoreProvider(score), count, count, 0f, 0f, accepted::test);
            SearchResult.NodeScore[] nodes = found.getNodes();
            int[] near = new int[nodes.length];
            for (int i = 0; i < near.length; i++) {
                near[i] = nodes[i].node;
            }
            return near;
        } catch (IOException e) {
            throw new IllegalStateException(e); // the graph is in memory
        }
    }

    /** Returns the number of rows that the index covers. */
    int rows() {
        return rows.size();
    }

    /**
     * Projects the rows of a view that came after the index, unless they are, so that {@link #lowerBounds} knows them.
     *
     * @throws GalleryException if the feature of one is damaged
     */
    void extend(View view) {
        later.extend(view);
    }

    /**
     * Returns lower bounds of the squared distances of rows from a query.
     *
     * @param lengths the length of the query, and the largest of a row
     */
    LowerBounds lowerBounds(float[] query, double lengths) {
        float[] projected = subspace.project(query);
        return (part, width, limit, into, at) -> {
            float[] squares = part < later.firstChunk()
                    ? squares(projected, part)
                    : later.squares(projected, part, square -> subspace.atLeast(square, lengths) > limit);
            for (int i = 0; i < width; i++) {
                double distance = subspace.atLeast(squares[i], lengths);
                // What overflowed says nothing.
                into[at + i] = squares[i] < Float.MAX_VALUE ? Math.nextDown((float) (distance * distance)) : 0;
            }
        };
    }

    private float[] squares(float[] query, int part) {
        ProjectedQuery projected = new ProjectedQuery(query);
        float[] squares = new float[EntryChunk.ROWS];
        for (int i = 0; i < squares.length; i++) {
            squares[i] = projected.square(rows.projected()[part * EntryChunk.ROWS + i]);
        }
        return squares;
    }

    /** Lower bounds of squared distances. */
    @FunctionalInterface
    interface LowerBounds {
        /**
         * Sets those of the first rows of a chunk.
         *
         * @param limit a distance above which lower bounds need not be good
         */
        void of(int part, int width, double limit, float[] into, int at);
    }

    @SuppressWarnings("deprecation") // the only way to store a graph without a second copy of the features
    void write(OutputStream out) throws IOException {
        IndexStreams.Writer writer = new IndexStreams.Writer(out);
        graph.save(writer);
        subspace.write(writer);
        ByteBuffer bytes = ByteBuffer.allocate(subspace.dims() * Float.BYTES);
        for (float[] row : rows.projected()) {
            bytes.asFloatBuffer().put(row);
            writer.write(bytes.array());
        }
        writer.flush();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param count number of rows
     */
    @SuppressWarnings({"deprecation", "NullAway"}) // a graph that does not grow needs no diversity
    static ApproximateIndex read(InputStream in, int count, int dims) throws IOException {
        VectorTypeSupport types = types();
        DataInputStream data = new DataInputStream(in);
        OnHeapGraphIndex graph = OnHeapGraphIndex.load(new IndexStreams.Reader(data), dims, OVERFLOW, null);
        Subspace subspace = Subspace.read(data);
        float[][] projected = new float[count][subspace.dims()];
        byte[] bytes = new byte[subspace.dims() * Float.BYTES];
        for (int row = 0; row < count; row++) {
            data.readFully(bytes);
            ByteBuffer.wrap(bytes).asFloatBuffer().get(projected[row]);
        }
        return new ApproximateIndex(graph, subspace, new Rows(projected, subspace.dims(), types));
    }

    /** The projected features. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Rows(float[][] projected, int dimension, VectorTypeSupport types)
            implements RandomAccessVectorValues {
        @Override
        public int size() {
            return projected.length;
        }

        @Override
        public VectorFloat<?> getVector(int row) {
            return types.createFloatVector(projected[row]);
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
}
