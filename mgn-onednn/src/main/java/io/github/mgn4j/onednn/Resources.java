package io.github.mgn4j.onednn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Native things that are freed together, the last made first. It also keeps their Java handles reachable, so that none
 * is collected while native code uses it. Not thread-safe.
 */
final class Resources implements AutoCloseable {
    private final Deque<Runnable> closers = new ArrayDeque<>();

    /** Takes a thing over. */
    <T> T own(T thing, Consumer<T> free) {
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
