package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.internal.Resources;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Native memory that operations use one after the other, as large as the largest of them needs. */
final class SharedMemory {
    private final List<dnnl_memory> users = new ArrayList<>();
    private final Resources owner;
    private long bytes;
    private @Nullable BytePointer memory;

    SharedMemory(Resources owner) {
        this.owner = owner;
    }

    /** Adds a user, whose address {@link #provide} sets. */
    dnnl_memory add(dnnl_memory user, long size) {
        users.add(user);
        bytes = Math.max(bytes, size);
        return user;
    }

    /** Allocates the memory, at the first call or if it has become too small, and tells all its users. */
    void provide() {
        if (users.isEmpty()) {
            return;
        }
        BytePointer current = memory;
        if (current == null || current.capacity() < bytes) {
            current = Dnnl.allocate(bytes, owner);
        }
        for (dnnl_memory user : users) {
            Dnnl.check(dnnl.dnnl_memory_set_data_handle(user, current), "shared memory");
        }
        memory = current;
        users.clear();
    }
}
