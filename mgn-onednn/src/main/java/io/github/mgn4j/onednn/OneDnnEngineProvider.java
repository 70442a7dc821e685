package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Variants;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Variant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Provides the oneDNN engine if its natives are on the class path. */
public final class OneDnnEngineProvider implements EngineProvider {
    /** System property: {@code true} computes in bf16 even where it is not faster, to measure its accuracy. */
    static final String BF16 = "mgn.onednn.bf16";

    private static final Logger LOG = LoggerFactory.getLogger(OneDnnEngineProvider.class);

    /** Loads the natives once. */
    private static final class Natives {
        /** Reason why the natives cannot be loaded; null if they are loaded. */
        static final @Nullable String FAILURE = load();

        private static @Nullable String load() {
            try {
                Loader.load(org.bytedeco.dnnl.global.dnnl.class);
                return null;
            } catch (LinkageError e) {
                return String.valueOf(e.getMessage());
            }
        }
    }

    @Override
    public String name() {
        return OneDnnEngine.NAME;
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public boolean available() {
        return Natives.FAILURE == null;
    }

    @Override
    public String unavailableReason() {
        String library = "/org/bytedeco/dnnl/" + Loader.getPlatform() + "/" + System.mapLibraryName("jnidnnl");
        if (org.bytedeco.dnnl.global.dnnl.class.getResource(library) != null && Natives.FAILURE != null) {
            return "its natives cannot be unpacked into JavaCPP's cache (~/.javacpp/cache, or what"
                    + " org.bytedeco.javacpp.cachedir names: is there room, may it be written?) or loaded: "
                    + Natives.FAILURE;
        }
        return "no natives of org.bytedeco:dnnl, opencl and javacpp for " + Loader.getPlatform() + " on the class path";
    }

    /**
     * Returns fp32, bf16 and int8. A precision that is not faster on this CPU falls back to float32; see {@link
     * Engine#precision()}.
     */
    @Override
    public Set<Precision> precisions() {
        return EnumSet.of(Precision.FP32, Precision.BF16, Precision.INT8);
    }

    /** Refuses instance norms in bf16 and int8: their statistics would be of rounded values. */
    @Override
    public Optional<String> refusal(MgnSpec spec, Precision precision) {
        Set<Variant> supported = EnumSet.allOf(Variant.class);
        if (precision != Precision.FP32) {
            supported.remove(Variant.IBN_A);
        }
        return Variants.refusal("the engine onednn in " + precision.label(), spec, supported, true);
    }

    /**
     * Opens a model.
     *
     * @throws EngineException if the natives are missing, or if int8 is requested and the model has not been calibrated
     */
    @Override
    public Engine open(Model model, EngineOptions options) {
        requireNatives();
        Variants.check(this, model.spec(), options.precision());
        return new OneDnnEngine(model, arithmetic(model, options.precision()));
    }

    static void requireNatives() {
        if (Natives.FAILURE != null) {
            throw new EngineException(
                    "the engine onednn cannot run here: " + new OneDnnEngineProvider().unavailableReason());
        }
    }

    /** Returns whether bf16 is worth computing in; otherwise logs that it runs in fp32. */
    static boolean bf16OrWarn() {
        if (Boolean.getBoolean(BF16) || Processor.gainsFromBf16()) {
            return true;
        }
        LOG.warn("this processor multiplies bf16 no faster than fp32: running in fp32");
        return false;
    }

    private static PrecisionPolicy arithmetic(Model model, Precision precision) {
        return switch (precision) {
            case FP32 -> PrecisionPolicy.FP32;
            case BF16 -> bf16OrWarn() ? PrecisionPolicy.BF16 : PrecisionPolicy.FP32;
            case INT8 -> {
                if (model.ranges() == null) {
                    throw new EngineException("int8 needs a calibrated model:"
                            + " 'mgn calibrate --model MODEL --images DIR --out MODEL8' makes one");
                }
                if (Processor.hasInt8()) {
                    yield new Int8(model.ranges());
                }
                LOG.warn("this processor has no fast 8-bit products (VNNI or AMX): running in fp32");
                yield PrecisionPolicy.FP32;
            }
            case TF32, FP16, FP8 ->
                throw new EngineException("the engine onednn has fp32, bf16 and int8, not " + precision.label());
        };
    }
}
