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
 * Implementations of a service that can be used. Unlike a plain {@link ServiceLoader} it does not depend on which thread
 * asks, and an implementation that cannot be loaded, since a jar that it needs is left out, does not hide the others.
 *
 * @param usable one of each class
 * @param passedOver what cannot be loaded and why, as clauses of an error message
 */
public record Services<T>(List<T> usable, List<String> passedOver) {
    private static final Logger log = LoggerFactory.getLogger(Services.class);

    /** A loader that fails every time must not be asked for ever. */
    private static final int MOST_FAILURES = 100;

    /** What has to work before an implementation counts as usable. */
    @FunctionalInterface
    public interface Trial<T> {
        void of(T implementation);
    }

    /**
     * Looks an interface up where it was loaded from itself, then where the calling thread's context class loader looks.
     *
     * @param trial calls the methods that everybody needs; a {@link LinkageError} of them tells that a class is missing
     */
    public static <T> Services<T> find(Class<T> service, Trial<T> trial) {
        List<T> usable = new ArrayList<>();
        List<String> passedOver = new ArrayList<>();
        Set<Class<?>> known = new HashSet<>();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        collect(ServiceLoader.load(service, service.getClassLoader()), trial, known, usable, passedOver);
        if (context != null && context != service.getClassLoader()) {
            collect(ServiceLoader.load(service, context), trial, known, usable, passedOver);
        }
        return new Services<>(usable, passedOver.stream().distinct().toList());
    }

    private static <T> void collect(
            ServiceLoader<T> loader, Trial<T> trial, Set<Class<?>> known, List<T> usable, List<String> passedOver) {
        Iterator<T> all = loader.iterator();
        for (int failures = 0; failures < MOST_FAILURES; ) {
            T one = null;
            try {
                if (!all.hasNext()) {
                    return;
                }
                one = all.next();
                if (known.add(one.getClass())) {
                    trial.of(one);
                    usable.add(one);
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                failures++;
                log.debug("passed over", e);
                passedOver.add(reason(one, e));
            }
        }
    }

    private static String reason(@Nullable Object implementation, Throwable e) {
        if (implementation != null) {
            return implementation.getClass().getName() + ": " + lacking(e);
        }
        // ServiceLoader's own message: the service, a colon, and which implementation could not be made.
        return e.getCause() == null
                ? lacking(e)
                : String.valueOf(e.getMessage()).replaceFirst("^\\S+: ", "") + ": " + lacking(e);
    }

    /** What a failure to load or run a class says of what is missing, as a clause. */
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
