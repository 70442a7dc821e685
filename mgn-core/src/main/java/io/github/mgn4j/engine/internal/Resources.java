package io.github.mgn4j.engine.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Native objects that are freed together, the last created first. It also keeps their Java handles reachable, so that none
 * is collected while native code uses it. Not thread-safe.
 */
public final class Resources implements AutoCloseable {
    private final Deque<Runnable> closers = new ArrayDeque<>();

    /** Takes over a thing, which {@code free} frees on {@link #close}. */
    public <T> T own(T thing, Consumer<T> free) {
        closers.push(() -> free.accept(thing));
        return thing;
    }

    @Override
    public void close() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
