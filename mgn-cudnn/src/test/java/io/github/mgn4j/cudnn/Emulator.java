package io.github.mgn4j.cudnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetLimit;
import static org.bytedeco.cuda.global.cudart.cudaDeviceSetLimit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * A GPU of the CPU's: the C++ of {@code src/test/emulator} in place of the driver, CUDA, NVRTC and cuDNN. It does the device's work
 * late and in random order, as far as streams and events allow; its memory ends at pages that cannot be touched; it counts what is
 * not freed, and lets calls fail. For test classes with a JVM of their own.
 */
final class Emulator {
    private static final Path SOURCES = Path.of("src", "test", "emulator");
    private static final Path FOLDER = Path.of("target", "emulator").toAbsolutePath();
    private static final List<String> LIBRARIES = List.of(
            "libcuda.so.1",
            "libcudart.so.13",
            "libnvrtc.so.13",
            "libcublasLt.so.13",
            "libcublas.so.13",
            "libcudnn_graph.so.9",
            "libcudnn_ops.so.9",
            "libcudnn_cnn.so.9",
            "libcudnn_adv.so.9");

    // What cuda.cpp understands as limits of a device, which the engine does not set.
    private static final int FAIL = 9001;
    private static final int LIVE = 9002;
    private static final int CALLS = 9003;
    private static final int SEED = 9004;
    private static final int MEMORY = 9005;
    private static final int DEVICES = 9006;
    private static final int USED = 9007;
    private static final int PLAIN = 9008;

    private Emulator() {}

    private static void set(int setting, long value) {
        assertThat(cudaDeviceSetLimit(setting, value)).isZero();
    }

    private static long get(int setting) {
        try (SizeTPointer value = new SizeTPointer(1)) {
            assertThat(cudaDeviceGetLimit(value, setting)).isZero();
            return value.get();
        }
    }

    /** Returns whether this machine can compile and load it. */
    static boolean possible() {
        try {
            return System.getProperty("os.name").equals("Linux")
                    && System.getProperty("os.arch").equals("amd64")
                    && new ProcessBuilder("g++", "--version")
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .start()
                                    .waitFor()
                            == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Compiles it, and loads it before JavaCPP looks for CUDA. */
    static void load() throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        for (String header : List.of("grid.h", "kernels.h", "numbers.h")) {
            Files.write(FOLDER.resolve(header), Files.readAllBytes(SOURCES.resolve(header)));
        }
        String emulator = FOLDER.resolve("libemulator.so").toString();
        String cuda = SOURCES.resolve("cuda.cpp").toString();
        String cudnn = SOURCES.resolve("cudnn.cpp").toString();
        compile("-std=c++17", "-O2", "-o", emulator, "-Wl,-soname,libemulator.so", cuda, cudnn, "-ldl");
        System.load(emulator);
        for (String library : LIBRARIES) {
            // Each has the version that JavaCPP's libraries ask for, and takes its functions from the emulator.
            Path versions = Files.writeString(FOLDER.resolve("versions"), library + " { };");
            String name = "-Wl,-soname," + library + ",--version-script=" + versions + ",--no-as-needed";
            compile("-o", FOLDER.resolve(library).toString(), name, "-x", "c", "/dev/null", "-x", "none", emulator);
            System.load(FOLDER.resolve(library).toString());
        }
    }

    private static void compile(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("g++", "-fPIC", "-shared"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    /** Sets the compute capabilities of its devices, before the engine looks for them. */
    static void devices(int... capabilities) {
        long digits = 0;
        for (int capability : capabilities) {
            digits = digits * 100 + capability;
        }
        set(DEVICES, digits);
    }

    /** Sets the bytes of memory of all devices together. */
    static void memory(long bytes) {
        set(MEMORY, bytes);
    }

    /** Sets whether cuDNN knows convolutions without bias, sum and ReLU only. */
    static void onlyPlain(boolean only) {
        set(PLAIN, only ? 1 : 0);
    }

    /** Chooses another order of work. */
    static void seed(long seed) {
        set(SEED, seed);
    }

    /** Lets a call fail: the first from now is 1; 0 for none. */
    static void failAt(long call) {
        set(FAIL, call);
    }

    /** Returns the number of calls since the last {@link #failAt}. */
    static long calls() {
        return get(CALLS);
    }

    /** Returns the number of objects and pieces of memory that are not freed. */
    static long live() {
        return get(LIVE);
    }

    /** Returns the bytes of devices' memory that are not free. */
    static long used() {
        return get(USED);
    }
}
