package io.github.mgn4j.cudnn;

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
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Provides the engine for NVIDIA GPUs if there is one with CUDA 13 and cuDNN 9. */
public final class CudnnEngineProvider implements EngineProvider {
    /** Above every other engine, because it is the fastest where it is available. */
    private static final int PRIORITY = 200;

    @Override
    public String name() {
        return CudnnEngine.NAME;
    }

    @Override
    public int priority() {
        return PRIORITY;
    }

    @Override
    public boolean available() {
        return !Device.all().isEmpty();
    }

    @Override
    public String unavailableReason() {
        return Device.unavailableReason();
    }

    @Override
    public int devices() {
        return Device.all().size();
    }

    @Override
    public Set<Precision> precisions() {
        return EnumSet.allOf(Precision.class);
    }

    /** Refuses what has no kernel here: instance norms, necks, generalised means, and other stems than torchvision's. */
    @Override
    public Optional<String> refusal(MgnSpec spec, Precision precision) {
        Set<Variant> supported = EnumSet.allOf(Variant.class);
        supported.removeAll(EnumSet.of(
                Variant.IBN_A,
                Variant.LINEAR_STEM,
                Variant.CEILING_STEM_POOL,
                Variant.FLOOR_STEM_POOL,
                Variant.BN_NECK));
        return Variants.refusal("the engine cudnn", spec, supported, false);
    }

    /**
     * Opens a model.
     *
     * @throws EngineException if the device or its memory does not suffice, or if int8 or fp8 is requested and the
     *     model is not calibrated
     */
    @Override
    public Engine open(Model model, EngineOptions options) {
        if (!available()) {
            throw new EngineException("the engine cudnn cannot run here: " + unavailableReason());
        }
        Variants.check(this, model.spec(), options.precision());
        Device device = Device.of(options.device());
        NumberFormats formats = NumberFormats.of(options.precision(), model.ranges());
        String precision = options.precision().name().toLowerCase(Locale.ROOT);
        if (!device.has(formats.maps())) {
            throw new EngineException("%s (compute capability %d.%d) has no %s: fp16 runs there"
                    .formatted(device.name(), device.capability() / 10, device.capability() % 10, precision));
        }
        if (formats.maps().scaled() && formats.ranges() == null) {
            throw new EngineException(precision + " needs a calibrated model:"
                    + " 'mgn calibrate --model MODEL --images DIR --out MODEL8' makes one");
        }
        return new CudnnEngine(model, device, formats, options);
    }
}
