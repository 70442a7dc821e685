package io.github.mgn4j.internal.io;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The usable implementations of a service. Unlike a plain {@link ServiceLoader}, the result does not depend on the calling
 * thread alone, and an implementation that cannot be loaded because a jar is missing does not hide the others.
 *
 * @param usable one instance of each class
 * @param passedOver the implementations that cannot be loaded and the reasons, as clauses of an error message
 */
public record Services<T>(List<T> usable, List<String> passedOver) {
    private static final Logger log = LoggerFactory.getLogger(Services.class);

    /** Stops a loader that fails every time. */
    private static final int MOST_FAILURES = 100;

    /** Decides whether an implementation is usable. */
    @FunctionalInterface
    public interface Trial<T> {
        /** Uses the implementation; throws a {@link LinkageError} if a class that it needs is missing. */
        void of(T implementation);
    }

    /**
     * Finds the implementations of an interface in the interface's own class loader, then in the calling thread's context class
     * loader.
     *
     * @param trial calls the methods that every user needs; its {@link LinkageError} means that a class is missing
     */
    public static <T> Services<T> find(Class<T> service, Trial<T> trial) {
        List<T> usable = new ArrayList<>();
        List<String> passedOver = new ArrayList<>();
        Set<Class<?>> seen = new HashSet<>();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        collect(service, ServiceLoader.load(service, service.getClassLoader()), trial, seen, usable, passedOver);
        if (context != null && context != service.getClassLoader()) {
            collect(service, ServiceLoader.load(service, context), trial, seen, usable, passedOver);
        }
        return new Services<>(usable, passedOver.stream().distinct().toList());
    }

    private static <T> void collect(
            Class<T> service,
            ServiceLoader<T> loader,
            Trial<T> trial,
            Set<Class<?>> seen,
            List<T> usable,
            List<String> passedOver) {
        Iterator<T> all = loader.iterator();
        for (int failures = 0; failures < MOST_FAILURES; ) {
            T instance = null;
            try {
                if (!all.hasNext()) {
                    return;
                }
                instance = all.next();
                if (seen.add(instance.getClass())) {
                    trial.of(instance);
                    usable.add(instance);
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                failures++;
                log.debug("passed over", e);
                passedOver.add(reason(service, instance, e));
            }
        }
    }

    private static String reason(Class<?> service, @Nullable Object implementation, Throwable e) {
        if (implementation != null) {
            return implementation.getClass().getName() + ": " + lacking(e);
        }
        if (e instanceof LinkageError) {
            // Newer JDKs let it through where older ones name the implementation.
            return "an implementation of " + service.getSimpleName() + ": " + lacking(e);
        }
        // ServiceLoader's own message: the service, a colon, and the implementation that could not be created.
        return e.getCause() == null
                ? lacking(e)
                : String.valueOf(e.getMessage()).replaceFirst("^\\S+: ", "") + ": " + lacking(e);
    }

    /** Returns the missing part from a failure to load or run a class, as a clause. */
    public static String lacking(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root instanceof NoClassDefFoundError || root instanceof ClassNotFoundException
                ? "the class " + String.valueOf(root.getMessage()).replace('/', '.') + " is missing"
                : String.valueOf(root.getMessage());
    }
}
