package io.github.mgn4j.spark;

import io.github.mgn4j.extract.FeatureExtractor;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The extractors of this JVM: one per model, settings and device, shared by the tasks of an executor. An extractor that no task
 * uses stays open for the next task, until one with other settings is opened or the JVM ends. Thread-safe.
 */
final class SharedExtractors {
    private static final SharedExtractors INSTANCE = new SharedExtractors();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(INSTANCE::closeAll, "mgn-spark-close"));
    }

    private final Map<ExtractorSettings, Shared> open = new HashMap<>();

    private SharedExtractors() {}

    /** An extractor and the number of tasks that use it. */
    private static final class Shared {
        private final FeatureExtractor extractor;
        private int users;

        Shared(FeatureExtractor extractor) {
            this.extractor = extractor;
        }
    }

    /** Borrows an extractor for a task, which gives it back with {@link #release}. Waits while another task opens one. */
    static FeatureExtractor acquire(ExtractorSettings settings) {
        return INSTANCE.borrow(settings);
    }

    static void release(ExtractorSettings settings) {
        INSTANCE.giveBack(settings);
    }

    private synchronized FeatureExtractor borrow(ExtractorSettings settings) {
        Shared shared = open.get(settings);
        if (shared == null) {
            closeIdle();
            shared = new Shared(settings.open());
            open.put(settings, shared);
        }
        shared.users++;
        return shared.extractor;
    }

    private synchronized void giveBack(ExtractorSettings settings) {
        Shared shared = open.get(settings);
        if (shared != null) {
            shared.users--;
        }
    }

    private void closeIdle() {
        for (Iterator<Shared> all = open.values().iterator(); all.hasNext(); ) {
            Shared shared = all.next();
            if (shared.users == 0) {
                all.remove();
                shared.extractor.close();
            }
        }
    }

    private synchronized void closeAll() {
        open.values().forEach(shared -> shared.extractor.close());
        open.clear();
    }
}
