package io.github.mgn4j.gallery;

/** A projected query and its squared distances, in sums of float32 that HotSpot vectorises. For one thread. */
final class ProjectedQuery {
    private final float[] query;
    private final float[] sums;

    ProjectedQuery(float[] query) {
        this.query = query;
        sums = new float[(query.length + 1) / 2];
    }

    /** Returns the squared distance from a projected row. */
    float square(float[] row) {
        int half = query.length / 2;
        add(query, row, half, sums);
        if (query.length % 2 != 0) {
            float last = query[2 * half] - row[2 * half];
            sums[half] = last * last;
        }
        return Lanes.total(sums);
    }

    private static void add(float[] query, float[] row, int half, float[] sums) {
        for (int c = 0; c < half; c++) {
            float d0 = query[c] - row[c];
            float d1 = query[half + c] - row[half + c];
            sums[c] = d0 * d0 + d1 * d1;
        }
    }
}
