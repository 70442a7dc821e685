package io.github.mgn4j.gallery;

import java.util.stream.IntStream;

/** Near values for a few queries: every row is read once and compared with each. */
final class LaneScan implements NearScan {
    private static final int PARTS = 4;

    private final Queries queries;
    private final View view;
    private final Lanes lanes;

    LaneScan(Queries queries) {
        this.queries = queries;
        view = queries.view();
        lanes = new Lanes(queries, PARTS);
    }

    @Override
    public float tolerance(int query) {
        return lanes.tolerance(query);
    }

    @Override
    public void run(Part part) {
        IntStream.range(0, view.parts()).parallel().forEach(chunk -> scan(chunk, part));
    }

    private void scan(int chunk, Part part) {
        view.verifyPart(chunk);
        int width = view.width(chunk);
        int from = chunk * EntryChunk.ROWS;
        float[][] near = new float[queries.count()][width];
        Lanes.Row row = lanes.row();
        for (int i = 0; i < width; i++) {
            boolean alive = view.isAlive(from + i);
            if (alive) {
                row.read(from + i, 0, PARTS);
            }
            for (int q = 0; q < near.length; q++) {
                near[q][i] = alive ? row.square(q, 0, PARTS) : Float.POSITIVE_INFINITY;
            }
        }
        for (int q = 0; q < near.length; q++) {
            queries.correct(q, from, width, near[q]);
            part.accept(q, from, width, near[q]);
        }
    }
}
