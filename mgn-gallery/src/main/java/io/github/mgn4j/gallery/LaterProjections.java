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
        if (rows < view.rows()) {
            project(view);
        }
    }

    private synchronized void project(View view) {
        int from = rows;
        if (from >= view.rows()) {
            return;
        }
        int present = chunks.length;
        float[][] grown = Arrays.copyOf(chunks, view.parts() - first);
        for (int i = present; i < grown.length; i++) {
            grown[i] = new float[subspace.dims() * EntryChunk.ROWS];
        }
        IntStream.range(from, view.rows())
                .parallel()
                .forEach(row -> put(
                        subspace.project(view.read(row)), grown[row / EntryChunk.ROWS - first], row % EntryChunk.ROWS));
        chunks = grown;
        rows = view.rows();
    }

    private static void put(float[] projected, float[] chunk, int i) {
        for (int d = 0; d < projected.length; d++) {
            chunk[d * EntryChunk.ROWS + i] = projected[d];
        }
    }

    /**
     * Returns the squared distances of a projected query from the projections of a chunk's rows; over fewer dimensions if they are
     * large enough then. The first dimensions are those in which features vary most.
     */
    float[] squares(float[] query, int part, DoublePredicate enough) {
        float[] chunk = chunks[part - first];
        float[] squares = new float[EntryChunk.ROWS];
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
