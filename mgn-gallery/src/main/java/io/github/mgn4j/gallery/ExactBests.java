package io.github.mgn4j.gallery;

/** The nearest entries of one person by exact distance. */
final class ExactBests {
    private final double[] squares;
    private int size;
    private int nearest = -1;
    private double nearestSquare = Double.POSITIVE_INFINITY;

    ExactBests(int count) {
        squares = new double[count];
    }

    void offer(double square, int row) {
        if (square < nearestSquare) {
            nearestSquare = square;
            nearest = row;
        }
        if (size == squares.length && square >= squares[size - 1]) {
            return;
        }
        int at = size < squares.length ? size++ : size - 1;
        for (; at > 0 && squares[at - 1] > square; at--) {
            squares[at] = squares[at - 1];
        }
        squares[at] = square;
    }

    /** Returns the person, at the mean distance of the entries. */
    PersonSearch.Found found(Queries queries) {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += queries.distance(squares[i]);
        }
        return new PersonSearch.Found(nearest, sum / size);
    }
}
