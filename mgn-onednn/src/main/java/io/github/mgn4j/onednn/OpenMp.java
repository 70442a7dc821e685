package io.github.mgn4j.onednn;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * OpenMP's settings. oneDNN has no functions for them, so they are called through JNA. Where that is impossible, all
 * cores compute every primitive.
 */
final class OpenMp {
    private static final Logger LOG = LoggerFactory.getLogger(OpenMp.class);
    /** RTLD_LAZY without RTLD_GLOBAL, on Linux and macOS. */
    private static final int LAZY_AND_LOCAL = 1;

    /** The natives of oneDNN, once they are loaded. */
    private static final class Loaded {
        /** Sets the number of threads for the calling thread; null if it cannot be set. */
        static final @Nullable Function SETTER;

        static final int CORES;

        static {
            Function setter = null;
            int cores = Runtime.getRuntime().availableProcessors();
            try {
                // A look-up in oneDNN's library finds the OpenMP that it is linked with, whichever others are loaded.
                NativeLibrary library = library();
                setter = library.getFunction("omp_set_num_threads");
                cores = Math.min(
                        cores, library.getFunction("omp_get_max_threads").invokeInt(new Object[0]));
            } catch (LinkageError | RuntimeException e) {
                LOG.debug("the number of OpenMP's threads cannot be set: all cores compute every layer", e);
            }
            SETTER = setter;
            CORES = cores;
        }
    }

    private OpenMp() {}

    /**
     * Returns oneDNN's library. Its symbols stay local: JNA's default would let ND4J's natives, which bring an older
     * oneDNN, call this one, and crash.
     */
    static NativeLibrary library() {
        return NativeLibrary.getInstance(
                Loader.load(org.bytedeco.dnnl.global.dnnl.class), Map.of(Library.OPTION_OPEN_FLAGS, LAZY_AND_LOCAL));
    }

    /** Returns whether {@link #use} has an effect. */
    static boolean isAdjustable() {
        return Loaded.SETTER != null;
    }

    /** Returns how many cores this process may use. */
    static int cores() {
        return Loaded.CORES;
    }

    /** Sets how many threads compute the primitives that the calling thread creates and executes from now on. */
    static void use(int threads) {
        if (Loaded.SETTER != null) {
            Loaded.SETTER.invokeVoid(new Object[] {threads});
        }
    }
}
