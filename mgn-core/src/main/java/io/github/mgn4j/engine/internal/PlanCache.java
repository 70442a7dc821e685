package io.github.mgn4j.engine.internal;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Caches what an engine prepares for each batch size. A plan is created when its batch size first occurs; the most recently
 * used plans are kept. Not thread-safe.
 *
 * @param <K> a batch size, alone or with other properties
 * @param <P> a plan
 */
public final class PlanCache<K, P> implements AutoCloseable {
    /** Enough for the batch size, the remainder at the end, single images, and one more. */
    private static final int MAX_PLANS = 4;

    private final Function<K, P> maker;
    private final Consumer<P> closer;
    /** Plans by batch size, the least recently used first. */
    private final LinkedHashMap<K, P> plans = new LinkedHashMap<>(MAX_PLANS, 0.75f, true);

    /**
     * Creates an empty cache.
     *
     * @param maker creates the plan for a batch size
     * @param closer frees a plan
     */
    public PlanCache(Function<K, P> maker, Consumer<P> closer) {
        this.maker = maker;
        this.closer = closer;
    }

    /** Returns the plan for a batch size, creating it if necessary. */
    public P get(K batch) {
        P cached = plans.get(batch);
        if (cached != null) {
            return cached;
        }
        if (plans.size() == MAX_PLANS) { // frees memory before the new plan takes its own
            Iterator<P> oldest = plans.values().iterator();
            closer.accept(oldest.next());
            oldest.remove();
        }
        P created = maker.apply(batch);
        plans.put(batch, created);
        return created;
    }

    @Override
    public void close() {
        plans.values().forEach(closer);
        plans.clear();
    }
}
