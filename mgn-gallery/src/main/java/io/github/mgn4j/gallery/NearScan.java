package io.github.mgn4j.gallery;

/** Computes the near squared distances of all rows, of which {@link Queries.Exact} settles those that matter. */
interface NearScan {
    /** Unit roundoff of float32. */
    double UNIT = 0x1p-24;

    /** From so many queries on, a matrix product is faster than reading the rows for all queries in turn. */
    int ENOUGH_FOR_PRODUCTS = 12;

    /** Receives near values. */
    @FunctionalInterface
    interface Part {
        /**
         * Takes the near values of consecutive rows. Called by several threads at once, for one query too.
         *
         * @param from the row of the first value
         */
        void accept(int query, int from, int width, float[] near);
    }

    /** Returns the largest difference between near and exact values of a query. */
    float tolerance(int query);

    /** Hands over the near values of every row; those of removed ones mean nothing. */
    void run(Part part);

    static NearScan of(Queries queries) {
        return queries.count() < ENOUGH_FOR_PRODUCTS ? new LaneScan(queries) : new ProductScan(queries);
    }
}
