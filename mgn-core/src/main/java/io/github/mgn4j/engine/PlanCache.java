package io.github.mgn4j.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * What an engine prepares for each batch size, made when the size first occurs; the last few are kept. For one thread.
 *
 * @param <P> a plan
 */
public final class PlanCache<P> implements AutoCloseable {
    /** A batch size, what is left of it at the end, single images, and one more. */
    private static final int MOST = 4;

    private final IntFunction<P> maker;
    private final Consumer<P> closer;
    /** By batch size, the longest unused first. */
    private final LinkedHashMap<Integer, P> plans = new LinkedHashMap<>(MOST, 0.75f, true);

    /**
     * An empty one.
     *
     * @param maker makes the plan of a batch size
     * @param closer frees one
     */
    public PlanCache(IntFunction<P> maker, Consumer<P> closer) {
        this.maker = maker;
        this.closer = closer;
    }

    /** The plan of a batch size. */
    public P get(int batch) {
        P known = plans.get(batch);
        if (known != null) {
            return known;
        }
        if (plans.size() == MOST) { // before the new one takes its memory
            Iterator<P> oldest = plans.values().iterator();
            closer.accept(oldest.next());
            oldest.remove();
        }
        P made = maker.apply(batch);
        plans.put(batch, made);
        return made;
    }

    @Override
    public void close() {
        plans.values().forEach(closer);
        plans.clear();
    }
}
