package io.github.mgn4j.engine.internal;

/**
 * How a batch is divided among the cores: into pieces of images, each computed by a worker from the first layer to the
 * last. Workers do not wait for each other, as the threads that share a layer do after every layer.
 *
 * @param batch images
 * @param workers threads that take pieces
 * @param threads native threads for each worker: more than one if there are fewer workers than cores
 * @param pieces number of pieces
 */
public record Division(int batch, int workers, int threads, int pieces) {
    /**
     * Divides a batch into pieces of nearly equal size, as many for each worker.
     *
     * @param cores the cores to use
     * @param least least images of a piece, fewer than twice as many at most. A piece reads all weights, whose time its
     *     images share; the fewer images it has, the shorter the last one holds up a batch. A batch of fewer than two
     *     pieces stays whole
     */
    public static Division of(int batch, int cores, int least) {
        int workers = Math.max(1, Math.min(batch / least, cores));
        while (cores % workers != 0) {
            workers--;
        }
        int rounds = Math.max(1, batch / (workers * least));
        return workers == 1 ? whole(batch, cores) : new Division(batch, workers, cores / workers, workers * rounds);
    }

    /** Leaves a batch whole, with all cores at every layer. */
    public static Division whole(int batch, int cores) {
        return new Division(batch, 1, cores, 1);
    }

    /** Returns the index of a piece's first image. */
    public int start(int piece) {
        return (int) ((long) piece * batch / pieces);
    }

    /** Returns the number of images of a piece. The pieces of a batch have at most two sizes. */
    public int size(int piece) {
        return start(piece + 1) - start(piece);
    }
}
