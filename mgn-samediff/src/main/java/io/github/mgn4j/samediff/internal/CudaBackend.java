package io.github.mgn4j.samediff.internal;

import com.google.common.base.Splitter;
import io.github.mgn4j.engine.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.nd4j.common.config.ND4JClassLoading;

/**
 * Checks whether ND4J's CUDA backend, if it is on the class path, supports the GPUs of this machine and finds its libraries.
 * Without this check, ND4J would terminate the process in native code, print stack traces, or fail in the first kernel.
 * Thread-safe.
 */
public final class CudaBackend {
    /** The resource that lists ND4J's backends. */
    private static final String BACKENDS = "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";

    /** ND4J's class of the CUDA backend. */
    private static final String BACKEND = "org/nd4j/linalg/jcublas/JCublasBackend.class";

    /** The class of the backend whose natives need CUDA and cuDNN. */
    private static final String NATIVES = "org.nd4j.linalg.jcublas.bindings.Nd4jCuda";

    private static final String CUDA = "org.bytedeco.cuda.global.cudart";

    private static final String INSTEAD = "the backend nd4j-native runs on the CPU";

    /**
     * {@code nd4j-cuda-11.6} contains machine code for 3.7 to 8.6, which 8.9 runs too, and no code that a driver could
     * translate.
     */
    private static final double MIN_CAPABILITY = 3.7;

    private static final double CAPABILITY_LIMIT = 9.0;

    private static final long SECONDS = 20;

    /** Runs the check once, on first use. */
    private static final class Holder {
        static final String REASON = look();
    }

    private CudaBackend() {}

    /** Returns whether ND4J would compute on a GPU: its CUDA backend is present and usable. */
    public static boolean isUsable() {
        return isPresent() && unavailableReason().isEmpty();
    }

    /** Returns whether ND4J's CUDA backend is on the class path. */
    public static boolean isPresent() {
        ClassLoader loader = CudaBackend.class.getClassLoader();
        return loader != null && loader.getResource(BACKEND) != null;
    }

    /** Returns why ND4J cannot compute here, as a sentence; empty if it can. */
    public static String unavailableReason() {
        return Holder.REASON;
    }

    /**
     * Checks the backend; must be called before any code loads ND4J.
     *
     * @throws EngineException if the CUDA backend is present and this machine's GPUs are not usable
     */
    public static void check() {
        if (!unavailableReason().isEmpty()) {
            throw new EngineException(unavailableReason());
        }
    }

    private static String look() {
        showBackends();
        if (!isPresent()) {
            return "";
        }
        try {
            Process query = new ProcessBuilder("nvidia-smi", "--query-gpu=name,compute_cap", "--format=csv,noheader")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String gpus = new String(query.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = query.waitFor(SECONDS, TimeUnit.SECONDS);
            String reason = unavailableReason(ended && query.exitValue() == 0 ? gpus : "");
            return reason.isEmpty() ? loaded() : reason;
        } catch (IOException e) {
            return unavailableReason("");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /**
     * Makes ND4J's backends visible. ND4J looks for them with the context class loader of the first thread that uses it. In an
     * application server or a thread pool that loader may know none, and ND4J would stay without a backend. In this case the
     * loader of this library is used.
     */
    private static void showBackends() {
        ClassLoader own = CudaBackend.class.getClassLoader();
        ClassLoader chosen = ND4JClassLoading.getNd4jClassloader();
        if (own != null
                && own.getResource(BACKENDS) != null
                && (chosen == null || chosen.getResource(BACKENDS) == null)) {
            ND4JClassLoading.setNd4jClassloader(own);
        }
    }

    /** Loads the natives, which ND4J would do later, and lets CUDA count its devices. */
    private static String loaded() {
        ClassLoader loader = CudaBackend.class.getClassLoader();
        try {
            Class.forName(NATIVES, true, loader);
            int[] count = new int[1];
            Object status = Class.forName(CUDA, true, loader)
                    .getMethod("cudaGetDeviceCount", int[].class)
                    .invoke(null, count);
            return count[0] > 0
                    ? ""
                    : "nd4j-cuda-11.6 may use no GPU here (CUDA answers %s, CUDA_VISIBLE_DEVICES is %s): %s"
                            .formatted(
                                    status, System.getenv().getOrDefault("CUDA_VISIBLE_DEVICES", "not set"), INSTEAD);
        } catch (LinkageError | ReflectiveOperationException e) {
            return missing(e);
        }
    }

    /** Returns the message for natives that do not load. */
    static String missing(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        // The loader's own message: the file it was loading, a colon, the missing part.
        String reason =
                String.valueOf(cause.getMessage()).replaceAll("^/\\S+: ", "").replaceAll("\\s*\\R\\s*", " ");
        return "nd4j-cuda-11.6 needs CUDA 11.6, cuDNN 8.3 and the NVIDIA driver, and cannot be loaded (%s): %s"
                .formatted(reason, INSTEAD);
    }

    /** Returns the message about GPUs, given as lines of {@code name, compute capability}. */
    static String unavailableReason(String gpus) {
        List<String> lines = Splitter.on('\n').trimResults().omitEmptyStrings().splitToList(gpus);
        if (lines.isEmpty()) {
            return "nd4j-cuda-11.6 finds no NVIDIA GPU (nvidia-smi lists none): " + INSTEAD;
        }
        if (lines.stream().anyMatch(CudaBackend::fits)) {
            return "";
        }
        return ("nd4j-cuda-11.6 has no code for this GPU (%s), only for compute capability 3.7 to 8.9:"
                        + " engine onnx-cuda runs on it, %s")
                .formatted(lines.get(0), INSTEAD);
    }

    /** Returns whether there is code for a GPU; true if the driver does not report its capability. */
    private static boolean fits(String gpu) {
        String capability = gpu.substring(gpu.lastIndexOf(',') + 1).strip();
        if (!capability.matches("\\d+\\.\\d")) {
            return true;
        }
        double value = Double.parseDouble(capability);
        return value >= MIN_CAPABILITY && value < CAPABILITY_LIMIT;
    }
}
