package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.Arena;
import io.github.mgn4j.engine.internal.Arena.Block;
import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.onednn.Network.Convolution;
import io.github.mgn4j.onednn.Network.Feature;
import io.github.mgn4j.onednn.Network.Instance;
import io.github.mgn4j.onednn.Network.Op;
import io.github.mgn4j.onednn.Network.Pool;
import io.github.mgn4j.onednn.Network.Value;
import io.github.mgn4j.onednn.TransformStep.Place;
import io.github.mgn4j.onednn.Winograd.Tiles;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.PoolLayer;
import io.github.mgn4j.spec.Pooling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.javacpp.BytePointer;

/**
 * Compiles a network into a {@link Plan} for one batch size. Maps stay channels-last throughout, the layout of oneDNN's
 * fastest kernels, so that nothing is reordered in between. A residual sum overwrites the residual. If the residual is
 * read again (the trunk's map, by the next branch), the sum overwrites a copy.
 */
final class PlanCompiler {
    private static final int WINOGRAD_CHANNELS = 32;
    private static final int WINOGRAD_TILES = 8;
    private static final double WINOGRAD_WASTE = 1.4;

    private final Network network;
    private final PackedWeights weights;
    private final List<TensorType> types;
    private final int batch;
    private final dnnl_engine engine;

    private final Resources owned = new Resources();
    private final Resources temporary = new Resources();
    private final Primitives primitives;
    private final Arena arena = new Arena(Dnnl.ALIGNMENT);
    private final List<Step> steps = new ArrayList<>();
    private final Map<Value, Block> blocks = new HashMap<>();
    private final Map<Value, Block> dequantised = new HashMap<>();
    private final List<LineTransform.Scratch> scratch;
    private int time;

    private PlanCompiler(
            Network network,
            PackedWeights weights,
            List<TensorType> types,
            int batch,
            int threads,
            dnnl_engine engine) {
        this.network = network;
        this.weights = weights;
        this.types = types;
        this.batch = batch;
        this.engine = engine;
        scratch = TransformStep.scratch(threads);
        primitives = new Primitives(engine, arena, owned, temporary);
    }

    /**
     * Compiles a network.
     *
     * @param types types of its values
     * @param threads those that compute each primitive, which the calling thread has set
     * @throws IllegalStateException if oneDNN cannot run it on this CPU; nothing is leaked then
     */
    static Plan compile(
            Network network,
            PackedWeights weights,
            List<TensorType> types,
            int batch,
            int threads,
            dnnl_engine engine) {
        PlanCompiler compiler = new PlanCompiler(network, weights, types, batch, threads, engine);
        try {
            return compiler.compile();
        } catch (RuntimeException | Error e) {
            compiler.owned.close();
            throw e;
        } finally {
            compiler.temporary.close();
        }
    }

    private Plan compile() {
        Value images = network.images();
        Block input = arena.block(bytes(images, TensorType.F32), time);
        if (type(images).equals(TensorType.F32)) {
            blocks.put(images, input);
        } else {
            convert(Network.IMAGES, images, TensorType.F32, input, type(images), allocate(images));
        }
        long outputBytes = (long) Float.BYTES * batch * network.spec().featureLength();
        Block output = arena.block(outputBytes, time);
        for (Op op : network.ops()) {
            time++;
            primitives.at(time);
            op.inputs().forEach(v -> block(v).usedAt(time));
            if (op instanceof Convolution convolution) {
                convolution(convolution);
            } else if (op instanceof Instance instance) {
                instance(instance);
            } else if (op instanceof Pool pool && pool.kind() == Pooling.GEM) {
                generalisedMean(pool);
            } else if (op instanceof Pool pool) {
                pool(pool);
            } else {
                feature((Feature) op, output);
            }
        }
        output.usedAt(time);
        BytePointer memory = Dnnl.allocate(arena.layOut(), owned);
        steps.forEach(step -> step.bind(memory, engine, owned));
        return new Plan(
                steps,
                memory,
                Dnnl.floats(memory, input.offset(), bytes(images, TensorType.F32)),
                Dnnl.floats(memory, output.offset(), outputBytes),
                owned);
    }

    private TensorType type(Value value) {
        return types.get(value.index());
    }

    private long bytes(Value value, TensorType type) {
        return (long) type.bytes() * batch * value.channels() * value.height() * value.width();
    }

    private Block block(Value value) {
        return Objects.requireNonNull(blocks.get(value), value.name());
    }

    private Block allocate(Value value) {
        Block block = arena.block(bytes(value, type(value)), time);
        blocks.put(value, block);
        return block;
    }

    /** Returns the descriptor of a map, channels last. */
    private dnnl_memory_desc form(Value value, TensorType type) {
        return Dnnl.descriptor(
                type.dataType(), dnnl_nhwc, temporary, batch, value.channels(), value.height(), value.width());
    }

    private void convolution(Convolution op) {
        ConvLayer layer = op.layer();
        TensorType from = type(op.input());
        TensorType to = type(op.output());
        TensorType computed =
                from.isInteger() ? to : from; // a floating-point convolution writes the type that it reads
        Attributes attributes = primitives.attributes();
        Block sum = null;
        if (op.residual() != null) {
            TensorType stored = summand(type(op.residual()), computed);
            sum = residual(op.residual(), stored);
            attributes.sum(stored);
        }
        if (layer.relu()) {
            attributes.relu();
        }
        if (from.isInteger()) {
            attributes
                    .scale(DNNL_ARG_SRC, from)
                    .scalePerChannel(DNNL_ARG_WEIGHTS)
                    .scale(DNNL_ARG_DST, computed);
        }
        Block target = sum == null ? arena.block(bytes(op.output(), computed), time) : sum;
        Optional<Tiles> tiles = winogradTiles(op);
        if (tiles.isPresent()) {
            winograd(op, tiles.get(), sum != null, target);
            return;
        }
        PrimitiveStep step = primitives
                .convolution(
                        layer,
                        form(op.input(), from),
                        form(op.output(), computed),
                        from.weightType(),
                        weights,
                        attributes)
                .with(DNNL_ARG_SRC, form(op.input(), from), block(op.input()))
                .with(DNNL_ARG_DST, form(op.output(), computed), target);
        steps.add(step);
        if (computed.equals(to)) {
            blocks.put(op.output(), target);
        } else {
            convert(layer.name(), op.output(), computed, target, to, allocate(op.output()));
        }
        steps.get(steps.size() - 1).makes(op.output(), block(op.output()), bytes(op.output(), to));
    }

    /**
     * Returns the tiles for a convolution by {@link Winograd}, if there are enough of them to outweigh transforms and
     * weights.
     */
    private Optional<Tiles> winogradTiles(Convolution op) {
        ConvLayer layer = op.layer();
        if (layer.kernel() != 3
                || layer.stride() != 1
                || !type(op.input()).equals(TensorType.F32)
                || !type(op.output()).equals(TensorType.F32)
                || Math.min(layer.in(), layer.out()) < WINOGRAD_CHANNELS) {
            return Optional.empty();
        }
        Tiles tiles = new Tiles(batch, op.output().height(), op.output().width());
        boolean pays = tiles.count() >= WINOGRAD_TILES
                && tiles.waste() <= WINOGRAD_WASTE
                && pointBytes(tiles, Math.max(layer.in(), layer.out())) <= Integer.MAX_VALUE;
        return pays ? Optional.of(tiles) : Optional.empty();
    }

    private static long pointBytes(Tiles tiles, int channels) {
        return (long) Float.BYTES * Winograd.POINTS * tiles.count() * channels;
    }

    private void winograd(Convolution op, Tiles tiles, boolean sum, Block target) {
        ConvLayer layer = op.layer();
        Place maps = new Place(block(op.input()), bytes(op.input(), TensorType.F32));
        Place windows = new Place(arena.block(pointBytes(tiles, layer.in()), time), pointBytes(tiles, layer.in()));
        steps.add(new TransformStep(new InputTransform(tiles, layer.in()), maps, windows, scratch));
        dnnl_memory_desc source =
                Dnnl.descriptor(dnnl_f32, dnnl_abc, temporary, Winograd.POINTS, tiles.count(), layer.in());
        dnnl_memory_desc products =
                Dnnl.descriptor(dnnl_f32, dnnl_abc, temporary, Winograd.POINTS, tiles.count(), layer.out());
        Place created = new Place(arena.block(pointBytes(tiles, layer.out()), time), pointBytes(tiles, layer.out()));
        steps.add(primitives
                .products(layer, source, products, weights)
                .with(DNNL_ARG_SRC, source, windows.block())
                .with(DNNL_ARG_DST, products, created.block()));
        Place done = new Place(target, bytes(op.output(), TensorType.F32));
        OutputTransform transform = new OutputTransform(tiles, weights.biasValues(layer), sum, layer.relu());
        TransformStep last = new TransformStep(transform, created, done, scratch);
        last.makes(op.output(), target, done.bytes());
        steps.add(last);
        blocks.put(op.output(), target);
    }

    /**
     * Returns how a residual has to be stored for a sum in place: unchanged if its elements are as wide as the
     * result's.
     */
    private static TensorType summand(TensorType residual, TensorType result) {
        return residual.bytes() == result.bytes() ? residual : result;
    }

    /**
     * Returns the block that the sum with a residual overwrites: the residual's own, or a copy's if it is read again or
     * too narrow.
     */
    private Block residual(Value residual, TensorType stored) {
        Block block = block(residual);
        boolean readAgain =
                network.ops().stream().skip(time).anyMatch(op -> op.inputs().contains(residual));
        if (readAgain || !stored.equals(type(residual))) {
            Block copy = arena.block(bytes(residual, stored), time);
            convert(residual.name(), residual, type(residual), block, stored, copy);
            block = copy;
        }
        return block;
    }

    private void pool(Pool op) {
        boolean floating = op.kind() == Pooling.AVG && type(op.input()).isInteger();
        TensorType from = floating ? TensorType.F32 : type(op.input());
        Block source = floating ? dequantised(op.input()) : block(op.input());
        dnnl_memory_desc input = form(op.input(), from);
        dnnl_memory_desc output = form(op.output(), from);
        steps.add(primitives
                .pool(op, input, output)
                .with(DNNL_ARG_SRC, input, source)
                .with(DNNL_ARG_DST, output, allocate(op.output())));
    }

    private void instance(Instance op) {
        Value map = op.input();
        InstanceTransform transform = new InstanceTransform(
                batch,
                map.height() * map.width(),
                map.channels(),
                weights.values(op.layer().name() + ".weight"),
                weights.values(op.layer().name() + ".bias"));
        Place from = new Place(block(map), bytes(map, TensorType.F32));
        steps.add(new TransformStep(transform, from, new Place(allocate(op.output()), from.bytes()), scratch));
    }

    /** Pools by the generalised mean in float32: powers are products of logarithms, which oneDNN computes in vectors. */
    private void generalisedMean(Pool op) {
        Value map = op.input();
        Block source = type(map).equals(TensorType.F32) ? block(map) : dequantised(map);
        dnnl_memory_desc form = form(map, TensorType.F32);
        Block raised = arena.block(bytes(map, TensorType.F32), time);
        String name = "powers of " + map.name();
        float least = (float) PoolLayer.GEM_EPSILON;
        steps.add(primitives
                .elementWise(name, dnnl_eltwise_clip, least, Float.MAX_VALUE, form)
                .with(DNNL_ARG_SRC, form, source)
                .with(DNNL_ARG_DST, form, raised));
        power(name, op.exponent(), form, raised);
        dnnl_memory_desc means = form(op.output(), TensorType.F32);
        boolean converted = !type(op.output()).equals(TensorType.F32);
        Block pooled = converted ? arena.block(bytes(op.output(), TensorType.F32), time) : allocate(op.output());
        steps.add(primitives
                .pool(op, form, means)
                .with(DNNL_ARG_SRC, form, raised)
                .with(DNNL_ARG_DST, means, pooled));
        power(name, 1 / op.exponent(), means, pooled);
        if (converted) {
            convert(name, op.output(), TensorType.F32, pooled, type(op.output()), allocate(op.output()));
        }
    }

    private void power(String name, float exponent, dnnl_memory_desc form, Block values) {
        int[] functions = {dnnl_eltwise_log, dnnl_eltwise_linear, dnnl_eltwise_exp};
        for (int function : functions) {
            steps.add(primitives
                    .elementWise(name, function, function == dnnl_eltwise_linear ? exponent : 0, 0, form)
                    .with(DNNL_ARG_SRC, form, values)
                    .with(DNNL_ARG_DST, form, values));
        }
    }

    /** Reduces a row of a pooled map directly into its place in the output, in floating point. */
    private void feature(Feature op, Block output) {
        Value map = op.input();
        TensorType from = type(map).isInteger() ? TensorType.F32 : type(map);
        Block source = type(map).isInteger() ? dequantised(map) : block(map);
        int channels = map.channels();
        int width = network.spec().partLength();
        dnnl_memory_desc row = Dnnl.rows(from.dataType(), batch, channels, (long) map.height() * channels, temporary);
        dnnl_memory_desc part = Dnnl.rows(dnnl_f32, batch, width, network.spec().featureLength(), temporary);
        PrimitiveStep step = op.reduction() == null
                ? primitives.reorder(map.name(), row, part, primitives.attributes())
                : primitives.product(op.reduction(), row, part, from.weightType(), weights);
        steps.add(step.with(DNNL_ARG_SRC, row, source, (long) op.row() * channels * from.bytes())
                .with(DNNL_ARG_DST, part, output, (long) op.position() * width * Float.BYTES));
        if (op.neck() != null) {
            int length = network.spec().featureLength();
            steps.add(new NeckStep(weights.norm(op.neck()), output, batch, length, op.position() * width));
        }
    }

    /** Returns an integer map in float32, converted at the first request. */
    private Block dequantised(Value value) {
        Block converted = dequantised.computeIfAbsent(value, v -> {
            Block created = arena.block(bytes(v, TensorType.F32), time);
            convert(v.name(), v, type(v), block(v), TensorType.F32, created);
            return created;
        });
        converted.usedAt(time);
        return converted;
    }

    /** Copies a map, changing its type if necessary. */
    private void convert(String name, Value map, TensorType from, Block source, TensorType to, Block target) {
        Attributes attributes = primitives.attributes();
        if (!from.equals(to)) {
            attributes.scale(DNNL_ARG_SRC, from).scale(DNNL_ARG_DST, to);
        }
        steps.add(primitives
                .reorder(name, form(map, from), form(map, to), attributes)
                .with(DNNL_ARG_SRC, form(map, from), source)
                .with(DNNL_ARG_DST, form(map, to), target));
    }
}
