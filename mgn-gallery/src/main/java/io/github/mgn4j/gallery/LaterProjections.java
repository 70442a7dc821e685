package io.github.mgn4j.gallery;

import java.util.Arrays;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;

/**
 * Projections of the rows that came after an index was built. Those of a chunk lie dimension by dimension, so that a query is compared
 * with all its rows at once. Thread-safe.
 */
final class LaterProjections {
    /** Dimensions between two looks at the sums. */
    private static final int STEP = 16;

    private final Subspace subspace;
    private final int first;

    /** The end of the rows that are projected at most, as many as the index covers: memory does not grow without end. */
    private final int end;

    private volatile int rows;
    private volatile float[][] chunks = {};

    /**
     * Creates none.
     *
     * @param covered number of rows that the index covers
     */
    LaterProjections(Subspace subspace, int covered) {
        this.subspace = subspace;
        first = covered / EntryChunk.ROWS;
        rows = first * EntryChunk.ROWS;
        end = (int) Math.min(Integer.MAX_VALUE, 2L * covered) / EntryChunk.ROWS * EntryChunk.ROWS;
    }

    /** Returns the first chunk of which there are projections. */
    int firstChunk() {
        return first;
    }

    /**
     * Projects the rows of a view that have not been.
     *
     * @throws GalleryException if the feature of one is damaged
     */
    void extend(View view) {
        int to = Math.min(view.rows(), end);
        if (rows < to) {
            project(view, to);
        }
    }

    private synchronized void project(View view, int to) {
        int from = rows;
        if (from >= to) {
            return;
        }
        int present = chunks.length;
        float[][] grown = Arrays.copyOf(chunks, (to + EntryChunk.ROWS - 1) / EntryChunk.ROWS - first);
        for (int i = present; i < grown.length; i++) {
            grown[i] = new float[subspace.dims() * EntryChunk.ROWS];
        }
        IntStream.range(from, to)
                .parallel()
                .forEach(row -> put(
                        subspace.project(view.read(row)), grown[row / EntryChunk.ROWS - first], row % EntryChunk.ROWS));
        chunks = grown;
        rows = to;
    }

    private static void put(float[] projected, float[] chunk, int i) {
        for (int d = 0; d < projected.length; d++) {
            chunk[d * EntryChunk.ROWS + i] = projected[d];
        }
    }

    /**
     * Returns the squared distances of a projected query from the projections of a chunk's rows; over fewer dimensions if they are
     * large enough then. The first dimensions are those in which features vary most. Zeros for a chunk that is not projected.
     */
    float[] squares(float[] query, int part, DoublePredicate enough) {
        float[] squares = new float[EntryChunk.ROWS];
        if (part - first >= chunks.length) {
            return squares;
        }
        float[] chunk = chunks[part - first];
        float[] values = new float[EntryChunk.ROWS];
        for (int d = 0; d < query.length; d++) {
            System.arraycopy(chunk, d * EntryChunk.ROWS, values, 0, values.length);
            add(query[d], values, squares);
            if (d % STEP == STEP - 1 && enough.test(smallest(squares))) {
                break;
            }
        }
        return squares;
    }

    private static float smallest(float[] squares) {
        float smallest = squares[0];
        for (float square : squares) {
            smallest = Math.min(smallest, square);
        }
        return smallest;
    }

    private static void add(float asked, float[] values, float[] squares) {
        for (int i = 0; i < squares.length; i++) {
            float difference = asked - values[i];
            squares[i] = squares[i] + difference * difference; // in this form HotSpot vectorises it
        }
    }
}
