package io.github.mgn4j.spec;

/**
 * The part of a feature map that becomes one vector: rows {@code from} (inclusive) to {@code to} (exclusive), full width.
 *
 * @param height rows of the whole map; {@code to - from} divides it
 * @param width columns of the map
 */
public record PoolWindow(int from, int to, int height, int width) {
    /** Rows of the window. */
    public int rows() {
        return to - from;
    }

    /** Which of the map's stripes of this height it is, counted from 0 at the top. */
    public int index() {
        return from / rows();
    }

    /** How many such windows the map has. */
    public int count() {
        return height / rows();
    }
}
