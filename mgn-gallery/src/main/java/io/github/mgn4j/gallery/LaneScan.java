package io.github.mgn4j.gallery;

import java.util.stream.IntStream;

/** Near values for a few queries: every row is read once and compared with each. */
final class LaneScan implements NearScan {
    private static final int PARTS = 4;

    private final Queries queries;
    private final View view;
    private final int first;
    private final Lanes lanes;

    /** Creates a scan from the chunk of a row on. */
    LaneScan(Queries queries, int first) {
        this.queries = queries;
        this.first = first / EntryChunk.ROWS;
        view = queries.view();
        lanes = new Lanes(queries, PARTS);
    }

    @Override
    public float tolerance(int query) {
        return lanes.tolerance(query);
    }

    @Override
    public void run(Part part) {
        IntStream.range(first, view.parts()).parallel().forEach(chunk -> scan(chunk, part));
    }

    private void scan(int chunk, Part part) {
        view.verifyPart(chunk);
        int width = view.width(chunk);
        int from = chunk * EntryChunk.ROWS;
        float[][] near = new float[queries.count()][width];
        Lanes.Row row = lanes.row();
        for (int i = 0; i < width; i++) {
            row.read(from + i, 0, PARTS);
            for (int q = 0; q < near.length; q++) {
                near[q][i] = row.square(q, 0, PARTS);
            }
        }
        for (int q = 0; q < near.length; q++) {
            queries.correct(q, from, width, near[q]);
            part.accept(q, from, width, near[q]);
        }
    }
}
