package io.github.mgn4j.spec;

/**
 * The window of a feature map that is pooled to one vector: rows {@code from} (inclusive) to {@code to} (exclusive), full
 * width.
 *
 * @param from first row of the window
 * @param to row after the last one
 * @param height rows of the whole map; a multiple of {@code to - from}
 * @param width columns of the map
 */
public record PoolWindow(int from, int to, int height, int width) {
    /** Returns the rows of the window. */
    public int rows() {
        return to - from;
    }

    /** Returns the index of the window among the map's stripes of this height, from 0 at the top. */
    public int index() {
        return from / rows();
    }

    /** Returns the number of such windows in the map. */
    public int count() {
        return height / rows();
    }
}
