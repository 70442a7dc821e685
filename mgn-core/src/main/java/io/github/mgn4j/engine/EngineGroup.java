package io.github.mgn4j.engine;

import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Presents several equal engines, each on its own accelerator, as one engine. A call goes to the member with the fewest
 * running calls, and to the first of them in a tie.
 */
class EngineGroup<E extends Engine> implements Engine {
    private final List<E> members;
    /** The number of running calls of each member. */
    private final int[] underWay;

    private EngineGroup(List<E> members) {
        this.members = List.copyOf(members);
        underWay = new int[members.size()];
    }

    /** A group whose members all take pixels. */
    private static final class OfPixels extends EngineGroup<PixelEngine> implements PixelEngine {
        OfPixels(List<PixelEngine> members) {
            super(members);
        }

        @Override
        public void run(ByteBuffer pixels, int batch, boolean flip, FloatBuffer features) {
            onOne(member -> member.run(pixels, batch, flip, features));
        }

        @Override
        public ByteBuffer newPixelBuffer(int bytes) {
            return first().newPixelBuffer(bytes);
        }
    }

    /**
     * Opens a model on several devices.
     *
     * @throws EngineException if a device cannot be opened, or its engine differs from the first in precision or layout; no
     *     engine stays open then
     */
    static Engine open(EngineProvider provider, Model model, EngineOptions options, List<Integer> devices) {
        List<Engine> opened = new ArrayList<>();
        try {
            for (int device : devices) {
                Engine next = provider.open(model, options.withDevice(device));
                opened.add(next);
                requireAlike(opened.get(0), devices.get(0), next, device);
            }
            return of(opened);
        } catch (Throwable e) {
            Throwable onClose = closed(opened);
            if (onClose != null) {
                e.addSuppressed(onClose);
            }
            throw e;
        }
    }

    /** Creates a group of equal engines. */
    static Engine of(List<Engine> engines) {
        List<PixelEngine> ofPixels = engines.stream()
                .filter(PixelEngine.class::isInstance)
                .map(PixelEngine.class::cast)
                .toList();
        return ofPixels.size() == engines.size() ? new OfPixels(ofPixels) : new EngineGroup<>(engines);
    }

    /** Requires equal precision and layout, since features must not depend on the device that was free. */
    private static void requireAlike(Engine first, int firstDevice, Engine other, int otherDevice) {
        if (first.precision() != other.precision() || first.inputLayout() != other.inputLayout()) {
            throw new EngineException("the engine %s computes in %s on device %s, but in %s on device %s"
                    .formatted(
                            first.name(),
                            first.precision().label(),
                            firstDevice,
                            other.precision().label(),
                            otherDevice));
        }
    }

    final E first() {
        return members.get(0);
    }

    /** Runs a call on one member. */
    final void onOne(Consumer<E> call) {
        int member = begin();
        try {
            call.accept(members.get(member));
        } finally {
            end(member);
        }
    }

    private synchronized int begin() {
        int min = 0;
        for (int i = 1; i < underWay.length; i++) {
            min = underWay[i] < underWay[min] ? i : min;
        }
        underWay[min]++;
        return min;
    }

    private synchronized void end(int member) {
        underWay[member]--;
    }

    @Override
    public String name() {
        return first().name();
    }

    @Override
    public MgnSpec spec() {
        return first().spec();
    }

    @Override
    public boolean hasSpec() {
        return first().hasSpec();
    }

    @Override
    public InputSize inputSize() {
        return first().inputSize();
    }

    @Override
    public int dims() {
        return first().dims();
    }

    @Override
    public Precision precision() {
        return first().precision();
    }

    @Override
    public Layout inputLayout() {
        return first().inputLayout();
    }

    @Override
    public void run(FloatBuffer images, int batch, FloatBuffer features) {
        onOne(member -> member.run(images, batch, features));
    }

    @Override
    public int concurrency() {
        return members.stream().mapToInt(Engine::concurrency).sum();
    }

    @Override
    public void close() {
        RuntimeException failure = closed(members);
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Closes all engines, even if one throws. Returns the first exception, with the later ones suppressed; null if there was
     * none.
     */
    private static @Nullable RuntimeException closed(List<? extends Engine> engines) {
        RuntimeException failure = null;
        for (Engine engine : engines) {
            try {
                engine.close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        return failure;
    }
}
