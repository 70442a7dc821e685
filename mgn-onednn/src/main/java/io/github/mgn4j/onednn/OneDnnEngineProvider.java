package io.github.mgn4j.onednn;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.weights.Model;
import java.util.EnumSet;
import java.util.Set;
import org.bytedeco.javacpp.Loader;

/** The oneDNN engine, where its natives are on the class path. */
public final class OneDnnEngineProvider implements EngineProvider {
    /** Tries the natives once. */
    private static final class Natives {
        static final boolean LOADED = load();

        private static boolean load() {
            try {
                Loader.load(org.bytedeco.dnnl.global.dnnl.class);
                return true;
            } catch (LinkageError e) {
                return false;
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
        return Natives.LOADED;
    }

    @Override
    public Set<Precision> precisions() {
        return EnumSet.of(Precision.FP32);
    }

    @Override
    public Engine open(Model model, EngineOptions options) {
        return new OneDnnEngine(model, Arithmetic.FP32);
    }
}
