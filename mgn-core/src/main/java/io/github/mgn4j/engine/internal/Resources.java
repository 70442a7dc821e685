package io.github.mgn4j.engine.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Owns native objects and frees them together, in reverse order of creation. Keeps their Java handles reachable, so that
 * none is collected while native code uses it. Not thread-safe.
 */
public final class Resources implements AutoCloseable {
    private final Deque<Runnable> closers = new ArrayDeque<>();

    /** Takes ownership of an object, which {@link #close} passes to {@code free}. */
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
