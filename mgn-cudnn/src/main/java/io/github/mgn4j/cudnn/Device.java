package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudart.*;

import io.github.mgn4j.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.javacpp.Loader;

/**
 * A GPU of this machine.
 *
 * @param index its CUDA device number
 * @param capability compute capability, 90 for 9.0
 */
record Device(int index, String name, int capability) {
    private static final int LEAST_CAPABILITY = 75;

    /** Compute capability with matrix instructions for all formats, and asynchronous copies. */
    private static final int MATRIX_CAPABILITY = 80;

    private static final int FP8_CAPABILITY = 89;
    private static final int CUDA_MAJOR = 13;
    private static final String DRIVER_FILE = "libcuda.so.1";

    /** How Linux names a file that a library needs. */
    private static final Pattern MISSING_FILE = Pattern.compile("(lib[\\w.]+): cannot open shared object file");

    /** The result of examining the machine. */
    private record Found(List<Device> devices, String reason) {}

    /** Examines the machine once, at the first request. */
    private static final class Holder {
        static final Found FOUND = look();
    }

    /** Returns the GPUs that the engine can use. */
    static List<Device> all() {
        return Holder.FOUND.devices;
    }

    /** Returns why there are none, as a clause; empty if there are. */
    static String unavailableReason() {
        return Holder.FOUND.reason;
    }

    private static Found look() {
        for (String library : List.of("cudart", "nvrtc", "cudnn")) {
            try {
                Class<?> global = Class.forName("org.bytedeco.cuda.global." + library);
                Loader.load(global);
            } catch (LinkageError | ClassNotFoundException e) {
                return new Found(List.of(), missing(library, text(e)));
            }
        }
        int[] count = new int[1];
        int status = cudaGetDeviceCount(count);
        int[] driver = new int[1];
        cudaDriverGetVersion(driver);
        if (status != cudaSuccess || count[0] == 0) {
            return new Found(List.of(), noDevice(status, driver[0]));
        }
        List<Device> devices = new ArrayList<>();
        String small = "";
        for (int i = 0; i < count[0]; i++) {
            try (cudaDeviceProp properties = new cudaDeviceProp()) {
                if (cudaGetDeviceProperties(properties, i) != cudaSuccess) {
                    continue;
                }
                Device device =
                        new Device(i, properties.name().getString(), properties.major() * 10 + properties.minor());
                if (device.capability >= LEAST_CAPABILITY) {
                    devices.add(device);
                } else {
                    small = device.name;
                }
            }
        }
        return new Found(List.copyOf(devices), devices.isEmpty() ? tooSmall(small) : "");
    }

    /** Returns all messages of a failure and its causes. */
    private static String text(Throwable e) {
        StringBuilder text = new StringBuilder();
        for (Throwable t = e; t != null; t = t.getCause()) {
            text.append(t.getMessage()).append(' ');
            for (Throwable suppressed : t.getSuppressed()) {
                text.append(suppressed.getMessage()).append(' ');
            }
        }
        return text.toString();
    }

    /**
     * Returns what is missing if a library of JavaCPP's cannot be loaded.
     *
     * @param library what was loaded, which may need others: cuDNN's needs cuBLAS
     * @param message what the system said, with the missing file's name if it is Linux
     */
    static String missing(String library, String message) {
        if (message.contains("no jnicudart") && !message.contains(".so")) {
            return "there are no natives of org.bytedeco:cuda for " + Loader.getPlatform() + " on the class path";
        }
        Matcher named = MISSING_FILE.matcher(message);
        String file = named.find()
                ? named.group(1)
                : message.contains("nvcuda.dll") ? DRIVER_FILE : library.equals("cudnn") ? "cuDNN" : "lib" + library;
        if (file.equals(DRIVER_FILE)) {
            return "there is no NVIDIA driver (%s was not found)".formatted(file);
        }
        String what = file.toLowerCase(Locale.ROOT).contains("cudnn") ? "cuDNN 9" : "CUDA " + CUDA_MAJOR;
        return "there is no %s (%s was not found): install it, or add the jars that bring it (guide: engines and natives)"
                .formatted(what, file);
    }

    /** Returns why CUDA lists no device. */
    static String noDevice(int status, int driver) {
        if (driver > 0 && driver < CUDA_MAJOR * 1000) {
            return "the NVIDIA driver is too old: it has CUDA %d.%d, CUDA %d is needed (driver 580 or newer)"
                    .formatted(driver / 1000, driver % 1000 / 10, CUDA_MAJOR);
        }
        return driver == 0
                ? "there is no NVIDIA driver"
                : "CUDA shows no GPU (status %d, CUDA_VISIBLE_DEVICES is %s)"
                        .formatted(status, System.getenv().getOrDefault("CUDA_VISIBLE_DEVICES", "not set"));
    }

    /** Returns the message for a GPU that CUDA 13 and cuDNN 9 have no code for. */
    static String tooSmall(String name) {
        return "compute capability 7.5 or newer is needed, and the GPU here (%s) has less".formatted(name);
    }

    /** Returns the GPU with a number from {@link io.github.mgn4j.engine.EngineOptions#device}. */
    static Device of(int index) {
        List<Device> all = all();
        if (index >= all.size()) {
            throw new EngineException(
                    "device must be below %d, the number of GPUs here, not %d".formatted(all.size(), index));
        }
        return all.get(index);
    }

    /** Returns whether it has the instructions of the kernels with matrix products. */
    boolean hasMatrixKernels() {
        return capability >= MATRIX_CAPABILITY;
    }

    /** Returns whether it supports numbers of a format. */
    boolean has(Format format) {
        return switch (format) {
            case F32, F16 -> true;
            case BF16, S8 -> hasMatrixKernels();
            case E4M3 -> capability >= FP8_CAPABILITY;
        };
    }

    /** Returns its name for use in file names. */
    String fileName() {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + "-sm" + capability;
    }
}
