package io.github.mgn4j.extract;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** An engine whose features are an image's first pixels, so that they say which image it was. */
class FakeEngine implements Engine {
    private static final int HEIGHT = 96;
    private static final int WIDTH = 32;
    static final MgnSpec SPEC = MgnSpec.builder()
            .backbone(18, 1.0 / 16)
            .input(HEIGHT, WIDTH)
            .embedding(2)
            .classes(2)
            .build();
    static final int LENGTH = 3 * HEIGHT * WIDTH;

    /** The batch of every run so far. */
    final List<Integer> batches = new CopyOnWriteArrayList<>();

    private final IntConsumer onRun;

    /** An engine that calls {@code onRun} with the number of runs before when it begins one. */
    FakeEngine(IntConsumer onRun) {
        this.onRun = onRun;
    }

    FakeEngine() {
        this(run -> {});
    }

    /** So many paths that {@link #image} knows. */
    static List<Path> paths(int count) {
        return IntStream.range(0, count).mapToObj(i -> Path.of(i + ".jpg")).toList();
    }

    static int index(Path path) {
        return Integer.parseInt(path.toString().replace(".jpg", ""));
    }

    /** An image of one colour, that of its index. */
    static RgbImage image(int index) {
        byte[] rgb = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i += 3) {
            rgb[i] = (byte) (index >> 8);
            rgb[i + 1] = (byte) index;
        }
        return new RgbImage(WIDTH, HEIGHT, rgb);
    }

    /** The index of the image that has these features. */
    static int index(float[] features) {
        int high = Math.round((features[0] * 0.229f + 0.485f) * 255);
        int low = Math.round((features[1] * 0.224f + 0.456f) * 255);
        return high << 8 | low;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public MgnSpec spec() {
        return SPEC;
    }

    @Override
    public Layout inputLayout() {
        return Layout.NHWC;
    }

    @Override
    public void run(FloatBuffer images, int batch, FloatBuffer features) {
        int runs;
        synchronized (batches) {
            runs = batches.size();
            batches.add(batch);
        }
        onRun.accept(runs);
        for (int i = 0; i < batch; i++) {
            for (int j = 0; j < SPEC.dims(); j++) {
                features.put(i * SPEC.dims() + j, images.get(i * LENGTH + j));
            }
        }
    }

    @Override
    public void close() {}
}
