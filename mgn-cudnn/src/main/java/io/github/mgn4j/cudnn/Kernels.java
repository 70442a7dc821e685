package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudart.*;
import static org.bytedeco.cuda.global.nvrtc.*;

import com.google.common.hash.Hashing;
import com.google.common.io.Resources;
import io.github.mgn4j.engine.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.jspecify.annotations.Nullable;

/** The engine's own kernels, compiled for one device and number format, and stored in the cache. */
final class Kernels {
    private static final int THREADS = 256;

    private final CUmod_st module = new CUmod_st();
    private final Map<String, CUfunc_st> functions = new HashMap<>();

    /** Compiles the kernels, or loads them from the cache. */
    Kernels(Device device, NumberFormats formats, DiskCache cache, io.github.mgn4j.engine.internal.Resources owner) {
        String source = source();
        List<String> options = List.of(
                "--gpu-architecture=sm_" + device.capability(),
                "-DFORMAT=" + formats.maps().name(),
                "-DPACKED=" + formats.packed().name(),
                "-DMMA=" + (usesMatrices(device, formats) ? 1 : 0));
        String key = Hashing.sha256()
                .hashString(source + options + cudaVersion(), StandardCharsets.UTF_8)
                .toString()
                .substring(0, 16);
        byte[] code = cache.read("kernels-" + key + ".cubin");
        if (code == null || cuModuleLoadData(module, new BytePointer(code)) != CUDA_SUCCESS) {
            code = compile(source, options);
            Cuda.checkDriver(cuModuleLoadData(module, new BytePointer(code)), "loading the kernels");
            cache.write("kernels-" + key + ".cubin", code);
        }
        owner.own(module, m -> cuModuleUnload(m));
    }

    /** Returns whether the kernels with matrix instructions can be used. */
    static boolean usesMatrices(Device device, NumberFormats formats) {
        return device.hasMatrixKernels() && formats.packed() == Format.F16;
    }

    private static String cudaVersion() {
        int[] major = new int[1];
        int[] minor = new int[1];
        nvrtcVersion(major, minor);
        return major[0] + "." + minor[0];
    }

    private static String source() {
        try {
            return Resources.toString(Resources.getResource(Kernels.class, "kernels.cu"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new EngineException("the engine's kernels cannot be read", e);
        }
    }

    private static byte[] compile(String source, List<String> options) {
        _nvrtcProgram program = new _nvrtcProgram();
        try (BytePointer text = new BytePointer(source);
                BytePointer name = new BytePointer("kernels.cu");
                PointerPointer<BytePointer> arguments = new PointerPointer<>(options.toArray(new String[0]))) {
            check(
                    nvrtcCreateProgram(program, text, name, 0, (PointerPointer<?>) null, (PointerPointer<?>) null),
                    "nvrtcCreateProgram");
            int status = nvrtcCompileProgram(program, options.size(), arguments);
            if (status != NVRTC_SUCCESS) {
                throw new EngineException("the engine's kernels do not compile: " + log(program));
            }
            try (SizeTPointer size = new SizeTPointer(1)) {
                check(nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
                try (BytePointer code = new BytePointer(size.get())) {
                    check(nvrtcGetCUBIN(program, code), "nvrtcGetCUBIN");
                    byte[] bytes = new byte[(int) size.get()];
                    code.get(bytes);
                    return bytes;
                }
            }
        } finally {
            nvrtcDestroyProgram(program);
        }
    }

    private static void check(int status, String what) {
        if (status != NVRTC_SUCCESS) {
            throw new EngineException("%s: NVRTC error %d".formatted(what, status));
        }
    }

    private static String log(_nvrtcProgram program) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            nvrtcGetProgramLogSize(program, size);
            try (BytePointer log = new BytePointer(Math.max(1, size.get()))) {
                nvrtcGetProgramLog(program, log);
                return log.getString().strip().replaceAll("\\s*\\R\\s*", "; ");
            }
        }
    }

    private CUfunc_st function(String name, int sharedBytes) {
        CUfunc_st cached = functions.get(name);
        if (cached != null) {
            return cached;
        }
        CUfunc_st function = new CUfunc_st();
        Cuda.checkDriver(cuModuleGetFunction(function, module, name), "the kernel " + name);
        if (sharedBytes > 0) {
            Cuda.checkDriver(
                    cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, sharedBytes),
                    "%d bytes of shared memory for the kernel %s".formatted(sharedBytes, name));
        }
        functions.put(name, function);
        return function;
    }

    /** Launches a kernel with one thread per item. Its last argument is {@code total}. */
    void launchEach(CUstream_st stream, String name, long total, @Nullable Object... arguments) {
        int blocks = Math.toIntExact((total + THREADS - 1) / THREADS);
        launch(stream, name, blocks, 1, 1, THREADS, 0, arguments);
    }

    /**
     * Launches a kernel.
     *
     * @param arguments pointers (or null), int, long or float, in the kernel's order
     */
    void launch(
            CUstream_st stream,
            String name,
            int x,
            int y,
            int z,
            int threads,
            int sharedBytes,
            @Nullable Object... arguments) {
        CUfunc_st function = function(name, sharedBytes);
        List<Pointer> values = new ArrayList<>();
        try (PointerPointer<Pointer> parameters = new PointerPointer<>(arguments.length)) {
            for (int i = 0; i < arguments.length; i++) {
                Pointer value = value(arguments[i]);
                values.add(value);
                parameters.put(i, value);
            }
            Cuda.checkDriver(
                    cuLaunchKernel(function, x, y, z, threads, 1, 1, sharedBytes, stream, parameters, null),
                    "launching the kernel " + name);
        } finally {
            values.forEach(Pointer::close);
        }
    }

    private static Pointer value(@Nullable Object argument) {
        if (argument == null) {
            return new LongPointer(1).put(0);
        }
        if (argument instanceof Pointer pointer) {
            return new LongPointer(1).put(pointer.address());
        }
        if (argument instanceof Long number) {
            return new LongPointer(1).put(number);
        }
        if (argument instanceof Float number) {
            return new FloatPointer(1).put(number);
        }
        return new IntPointer(1).put((Integer) argument);
    }
}
