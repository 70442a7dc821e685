package io.github.mgn4j.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServicesTest {
    /** A service that this test's class path has no implementation of. */
    public interface Greeting {
        String text();
    }

    public static final class Hello implements Greeting {
        @Override
        public String text() {
            return "hello";
        }
    }

    /** As an engine whose own library is left out: what it calls is missing. */
    public static final class Lame implements Greeting {
        @Override
        public String text() {
            throw new NoClassDefFoundError("org/example/Missing");
        }
    }

    public static final class Broken implements Greeting {
        public Broken() {
            throw new NoClassDefFoundError("org/example/Absent");
        }

        @Override
        public String text() {
            return "";
        }
    }

    @TempDir
    Path folder;

    @Test
    void whatCannotBeLoadedHidesNothing() throws IOException {
        String here = ServicesTest.class.getName();
        Services<Greeting> found = find(here + "$Broken", "org.example.Nowhere", here + "$Lame", here, here + "$Hello");
        assertThat(found.usable()).singleElement().isInstanceOf(Hello.class);
        assertThat(found.passedOver()).hasSize(4);
        assertThat(found.passedOver().get(0)).contains("Broken").endsWith(": the class org.example.Absent is missing");
        assertThat(found.passedOver().get(1)).contains("org.example.Nowhere not found");
        assertThat(found.passedOver().get(2)).isEqualTo(here + "$Lame: the class org.example.Missing is missing");
        assertThat(found.passedOver().get(3)).contains("not a subtype");
    }

    @Test
    void nothingIsFoundTwiceOrByLuck() throws IOException {
        String hello = ServicesTest.class.getName() + "$Hello";
        assertThat(find(hello, hello).usable()).hasSize(1);
        assertThat(find().usable()).isEmpty();
        assertThat(with(null, () -> Services.find(Greeting.class, Greeting::text))
                        .usable())
                .isEmpty();
    }

    /** Looks up with a context class loader that knows these names. */
    private Services<Greeting> find(String... implementations) throws IOException {
        Path list = folder.resolve("META-INF/services/" + Greeting.class.getName());
        Files.createDirectories(list.getParent());
        Files.write(list, List.of(implementations));
        URL[] path = {folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(path, ServicesTest.class.getClassLoader())) {
            return with(loader, () -> Services.find(Greeting.class, Greeting::text));
        }
    }

    private static <T> T with(ClassLoader context, Supplier<T> task) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(context);
        try {
            return task.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
