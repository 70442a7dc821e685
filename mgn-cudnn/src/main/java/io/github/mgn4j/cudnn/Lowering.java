package io.github.mgn4j.cudnn;

import com.google.common.base.Preconditions;
import io.github.mgn4j.cudnn.Program.Convolution;
import io.github.mgn4j.cudnn.Program.Feature;
import io.github.mgn4j.cudnn.Program.Op;
import io.github.mgn4j.cudnn.Program.PoolBands;
import io.github.mgn4j.cudnn.Program.Value;
import io.github.mgn4j.cudnn.Program.View;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkBuilder;
import io.github.mgn4j.spec.NormLayer;
import io.github.mgn4j.spec.PoolLayer;
import io.github.mgn4j.spec.PoolWindow;
import io.github.mgn4j.spec.StemPool;
import io.github.mgn4j.spec.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Lowers a network to a {@link Program}. The stem's 7x7 convolution at stride 2 becomes a 4x4 one over blocks of 2x2
 * pixels, four times as many channels with a quarter of the pixels: matrix units are made for many channels.
 */
final class Lowering implements NetworkBuilder<Lowering.Node> {
    private static final int STEM_KERNEL = 4;

    /** Blocks of the frame around the packed images: two above and left, one below and right. */
    private static final int FRAME = 3;

    private final boolean fusedStem;
    private final List<Value> values = new ArrayList<>();
    private final List<Op> ops = new ArrayList<>();
    /** Pooling windows of each last map. */
    private final Map<View, List<PoolWindow>> windows = new LinkedHashMap<>();

    private Lowering(boolean fusedStem) {
        this.fusedStem = fusedStem;
    }

    /** A node of the network: a map, a vector pooled from a map, or a reduced vector. */
    sealed interface Node permits Map2d, Pooled {}

    private record Map2d(View view) implements Node {}

    private record Pooled(
            View map, PoolWindow window, @Nullable ConvLayer reduction) implements Node {}

    /**
     * Lowers a network.
     *
     * @param fusedStem whether the stem and its pooling are one operation
     */
    static Program lower(MgnSpec spec, boolean fusedStem) {
        Lowering lowering = new Lowering(fusedStem);
        InputSize input = spec.input();
        Value blocks =
                lowering.value(List.of(), Program.BLOCK, half(input.height()) + FRAME, half(input.width()) + FRAME);
        lowering.ops.add(new Program.Pack(blocks));
        List<Node> features = new Topology(spec).buildFeatures(new Map2d(blocks.all()), lowering);
        Bands bands = lowering.poolBands();
        lowering.ops.add(new Program.Head(
                features.stream().map(f -> bands.feature((Pooled) f)).toList()));
        return JointConvolutions.join(new Program(spec, lowering.values, lowering.ops, bands.count));
    }

    private static int half(int size) {
        return (size + 1) / 2;
    }

    private Value value(List<String> layers, int channels, int height, int width) {
        Value value = new Value(values.size(), layers, channels, height, width);
        values.add(value);
        return value;
    }

    @Override
    public Node convolution(Node input, ConvLayer layer, @Nullable Node residual) {
        if (input instanceof Pooled pooled) {
            return new Pooled(pooled.map, pooled.window, layer);
        }
        View from = ((Map2d) input).view;
        boolean stem = from.value().layers().isEmpty();
        Value output =
                value(List.of(layer.name()), Program.padded(layer.out()), layer.outputHeight(), layer.outputWidth());
        if (stem) {
            Preconditions.checkState(
                    layer.kernel() == 7 && layer.stride() == 2 && layer.relu(), "not a ResNet's stem: %s", layer);
        }
        ops.add(new Convolution(
                lane(layer),
                List.of(layer),
                from,
                residual == null ? null : ((Map2d) residual).view,
                output,
                stem ? STEM_KERNEL : layer.kernel(),
                stem ? 1 : layer.stride(),
                stem ? 0 : layer.padding()));
        return new Map2d(output.all());
    }

    /** Returns the lane of a layer: b + 1 for branch b, 0 for the trunk. */
    private static int lane(ConvLayer layer) {
        String[] name = layer.name().split("\\.", -1);
        return name[0].equals("branches") ? 1 + Integer.parseInt(name[1]) : 0;
    }

    @Override
    public Node stemPool(Node input, StemPool pool) {
        Preconditions.checkState(pool.padding() == 1, "not a padded pooling: %s", pool);
        View map = ((Map2d) input).view;
        Value conv = map.value();
        Value output = value(conv.layers(), conv.channels(), half(conv.height()), half(conv.width()));
        if (fusedStem) {
            Convolution stem = (Convolution) ops.remove(ops.size() - 1);
            ops.add(new Program.Stem(stem.layers().get(0), stem.input(), output));
        } else {
            ops.add(new Program.MaxPool(map, output));
        }
        return new Map2d(output.all());
    }

    /** The provider refuses networks with instance norms. */
    @Override
    public Node instanceNorm(Node map, NormLayer layer, ConvLayer convolution) {
        throw new IllegalStateException("no instance norm: " + layer);
    }

    /** The provider refuses networks with necks. */
    @Override
    public Node neck(Node vector, NormLayer layer) {
        throw new IllegalStateException("no neck: " + layer);
    }

    @Override
    public Node pool(Node map, PoolLayer layer) {
        PoolWindow window = layer.window();
        View view = ((Map2d) map).view;
        windows.computeIfAbsent(view, v -> new ArrayList<>()).add(window);
        return new Pooled(view, window, null);
    }

    /** Adds the pooling of every last map, in bands between all bounds of its windows. */
    private Bands poolBands() {
        Bands bands = new Bands();
        windows.forEach((view, pooled) -> {
            TreeSet<Integer> bounds = new TreeSet<>();
            for (PoolWindow window : pooled) {
                bounds.add(window.from());
                bounds.add(window.to());
            }
            int lane = ops.stream()
                    .filter(op -> view.value().equals(op.output()))
                    .mapToInt(Op::lane)
                    .findFirst()
                    .orElseThrow();
            PoolBands op = new PoolBands(lane, view, List.copyOf(bounds), bands.count);
            ops.add(op);
            bands.byMap.put(view, op);
            bands.count += bounds.size() - 1;
        });
        return bands;
    }

    /** Assigns bands to windows. */
    private static final class Bands {
        private final Map<View, PoolBands> byMap = new LinkedHashMap<>();
        private int count;

        Feature feature(Pooled pooled) {
            PoolBands bands = Objects.requireNonNull(byMap.get(pooled.map));
            PoolWindow window = pooled.window;
            return new Feature(
                    bands.firstBand() + bands.bounds().indexOf(window.from()),
                    bands.firstBand() + bands.bounds().indexOf(window.to()),
                    window.rows() * window.width(),
                    pooled.reduction);
        }
    }
}
