package io.github.mgn4j.engine.internal;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What an engine prepares for each batch size, made when the size first occurs; the last few are kept. For one thread.
 *
 * @param <K> a batch size, or that and more
 * @param <P> a plan
 */
public final class PlanCache<K, P> implements AutoCloseable {
    /** A batch size, what is left of it at the end, single images, and one more. */
    private static final int MOST = 4;

    private final Function<K, P> maker;
    private final Consumer<P> closer;
    /** By batch size, the longest unused first. */
    private final LinkedHashMap<K, P> plans = new LinkedHashMap<>(MOST, 0.75f, true);

    /**
     * An empty one.
     *
     * @param maker makes the plan of a batch size
     * @param closer frees one
     */
    public PlanCache(Function<K, P> maker, Consumer<P> closer) {
        this.maker = maker;
        this.closer = closer;
    }

    /** The plan of a batch size. */
    public P get(K batch) {
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
