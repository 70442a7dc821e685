package io.github.mgn4j.spark.bars;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.InputSize;
import java.nio.FloatBuffer;
import java.util.Set;

/** An engine without a network: a feature is the red of each pixel of {@link SmallImages}. */
public final class SmallEngineProvider implements EngineProvider {
    static final String NAME = "small";
    static final int DIMS = SmallImages.WIDTH * SmallImages.HEIGHT;

    /** The smallest input; a multiple of the images' width and height. */
    private static final int SIDE = 32;

    private static final int VALUES = 3 * SIDE * SIDE;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return -200;
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public Set<Precision> precisions() {
        return Set.of(Precision.FP32);
    }

    @Override
    public Engine open(Model model, EngineOptions options) {
        return new FakeEngine() {
            @Override
            public String name() {
                return NAME;
            }

            @Override
            public InputSize inputSize() {
                return new InputSize(SIDE, SIDE);
            }

            @Override
            public int dims() {
                return DIMS;
            }

            @Override
            public int concurrency() {
                return Runtime.getRuntime().availableProcessors();
            }

            @Override
            public void run(FloatBuffer images, int batch, FloatBuffer features) {
                for (int i = 0; i < batch; i++) {
                    for (int j = 0; j < DIMS; j++) {
                        features.put(i * DIMS + j, images.get(i * VALUES + centre(j)));
                    }
                }
            }
        };
    }

    /** Returns the index of the value at the centre of a pixel of the small image. */
    private static int centre(int pixel) {
        int step = SIDE / SmallImages.WIDTH;
        int x = pixel % SmallImages.WIDTH * step + step / 2;
        int down = SIDE / SmallImages.HEIGHT;
        int y = pixel / SmallImages.WIDTH * down + down / 2;
        return 3 * (y * SIDE + x);
    }
}
