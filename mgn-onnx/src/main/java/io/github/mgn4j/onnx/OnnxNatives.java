package io.github.mgn4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import com.google.common.io.Resources;
import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.internal.io.TemporaryFolder;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Determines which of ONNX Runtime's natives are available, without loading them. */
final class OnnxNatives {
    /** ONNX Runtime's property for a folder of natives, used instead of those on the class path. */
    private static final String FOLDER_PROPERTY = "onnxruntime.native.path";

    private OnnxNatives() {}

    /** Returns why a device is unavailable, as a clause; empty if it seems available. */
    static String unavailableReason(OnnxDevice device) {
        if (!exists("onnxruntime")) {
            return "its jar has no natives for %s".formatted(platform());
        }
        if (device == OnnxDevice.CPU) {
            return "";
        }
        if (!exists("onnxruntime_providers_" + (device == OnnxDevice.CUDA ? "cuda" : "tensorrt"))) {
            return "com.microsoft.onnxruntime:onnxruntime_gpu is needed in place of onnxruntime";
        }
        return hasDriver() ? "" : "this machine has no NVIDIA driver";
    }

    /** Loads the natives. */
    @FunctionalInterface
    interface Loading<T> {
        T load() throws IOException;
    }

    /**
     * Loads the natives from a temporary folder that they are unpacked into here. ONNX Runtime would leave its own
     * folder behind, and would not say why it could not fill it. Natives named by a property, and those for GPUs, which
     * are loaded later, are left to ONNX Runtime.
     *
     * @throws IOException if there is no room for them; the message names the file
     */
    static <T> T load(Loading<T> loading) throws IOException {
        if (System.getProperty(FOLDER_PROPERTY) != null || exists("onnxruntime_providers_cuda")) {
            return loading.load();
        }
        TemporaryFolder folder = TemporaryFolder.create();
        try {
            for (String library : List.of("onnxruntime", "onnxruntime4j_jni")) {
                URL packed = OrtEnvironment.class.getResource("native/" + platform() + "/" + file(library));
                if (packed == null) {
                    return loading.load();
                }
                AtomicFile.write(folder.path().resolve(file(library)), out -> Resources.copy(packed, out));
            }
            System.setProperty(FOLDER_PROPERTY, folder.path().toString());
            return loading.load();
        } finally {
            System.clearProperty(FOLDER_PROPERTY);
            remove(folder);
        }
    }

    private static void remove(TemporaryFolder folder) {
        try {
            folder.close();
        } catch (IOException e) {
            // Windows cannot delete loaded libraries; the next process deletes them.
        }
    }

    private static String file(String library) {
        return switch (system()) {
            case "win" -> library + ".dll";
            case "osx" -> "lib" + library + ".dylib";
            default -> "lib" + library + ".so";
        };
    }

    private static boolean exists(String library) {
        String file = file(library);
        String folder = System.getProperty(FOLDER_PROPERTY);
        return folder != null
                ? Files.exists(Path.of(folder, file))
                : OrtEnvironment.class.getResource("native/" + platform() + "/" + file) != null;
    }

    /** Returns the platform as named by the folders in ONNX Runtime's jar. */
    private static String platform() {
        String arch = System.getProperty("os.arch", "");
        return system()
                + (arch.equals("aarch64")
                        ? "-aarch64"
                        : arch.equals("amd64") || arch.equals("x86_64") ? "-x64" : "-" + arch);
    }

    private static String system() {
        String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        return name.contains("win") ? "win" : name.contains("mac") ? "osx" : "linux";
    }

    private static boolean hasDriver() {
        return Files.exists(Path.of("/proc/driver/nvidia/version"))
                || Files.exists(Path.of("/dev/nvidiactl"))
                || Files.exists(Path.of("/dev/dxg"))
                || Files.exists(Path.of(System.getenv().getOrDefault("SystemRoot", "/"), "System32", "nvcuda.dll"));
    }
}
