package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudnn.*;

import io.github.mgn4j.cudnn.ConvolutionKernel.Own;
import io.github.mgn4j.cudnn.ConvolutionKernel.Plan;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.internal.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.cuda.cudnn.cudnnBackendDescriptor_t;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * Finds kernels for a convolution: those that cuDNN's heuristics name, in their order, and the engine's own. A kernel's
 * label consists of the heuristics' letter, the position in their list and cuDNN's engine number, such as {@code A2e4}.
 * Used by one thread.
 */
final class PlanFinder {
    /** Largest number of candidates per list. */
    private static final int MOST = 16;

    /** Largest workspace of a kernel in bytes. */
    private static final long MOST_WORKSPACE = 256L << 20;

    private final cudnnContext handle;
    private final Resources owner;
    private final ConvolutionShape shape;

    /**
     * Creates a finder.
     *
     * @param owner owner of the plans
     */
    PlanFinder(ConvolutionShape shape, cudnnContext handle, Resources owner) {
        this.shape = shape;
        this.handle = handle;
        this.owner = owner;
    }

    /**
     * Returns kernels that can run, the most promising first.
     *
     * @param limit largest number of kernels to return
     * @param label label of the only kernel to consider, or null for any
     * @throws EngineException if there is none
     */
    List<ConvolutionKernel> find(int limit, @Nullable String label) {
        List<ConvolutionKernel> kernels = new ArrayList<>();
        Own own = label == null ? null : ConvolutionKernel.own(label);
        if (own != null) {
            return shape.fitsOwnKernel() ? List.of(own) : List.of();
        }
        if (label == null && shape.fitsOwnKernel() && shape.residual()) {
            kernels.add(new Own(128));
        }
        for (boolean plain : new boolean[] {false, true}) {
            if (plain && shape.input().scaled()) {
                break; // its sums would not fit into the output
            }
            for (Heuristics heuristics : Heuristics.values()) {
                if (kernels.size() < limit && (heuristics != Heuristics.F || kernels.isEmpty())) {
                    find(heuristics, plain, limit, label, kernels);
                }
            }
            if (!kernels.isEmpty()) {
                break;
            }
        }
        if (label == null && limit > kernels.size() && shape.fitsOwnKernel()) {
            kernels.add(new Own(64));
            if (!shape.residual()) {
                kernels.add(new Own(128));
            }
        }
        if (kernels.isEmpty() && label == null) {
            throw new EngineException(
                    "cuDNN " + cudnnGetVersion() + " has no kernel for the convolution " + shape.key());
        }
        return kernels;
    }

    /** cuDNN's heuristics: the fast guess, and the fallback that always works. */
    private enum Heuristics {
        A(CUDNN_HEUR_MODE_A),
        F(CUDNN_HEUR_MODE_FALLBACK);

        private final int mode;

        Heuristics(int mode) {
            this.mode = mode;
        }
    }

    private void find(
            Heuristics heuristics, boolean plain, int limit, @Nullable String label, List<ConvolutionKernel> kernels) {
        // Plans may refer to the descriptors that they were created from.
        Descriptors make = new Descriptors(handle, "the convolution " + shape.key(), owner);
        ConvolutionGraph graph = new ConvolutionGraph(make, shape, plain);
        cudnnBackendDescriptor_t query = make.create(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
        make.descriptors(query, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph.descriptor());
        make.choice(query, CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, heuristics.mode);
        if (cudnnBackendFinalize(query) != CUDNN_STATUS_SUCCESS) {
            return;
        }
        List<cudnnBackendDescriptor_t> configurations = configurations(query, make);
        for (int i = 0; i < configurations.size() && kernels.size() < limit; i++) {
            cudnnBackendDescriptor_t configuration = configurations.get(i);
            Engine engine = engine(configuration, make);
            String name = (plain ? "P" : "") + heuristics + i + "e" + engine.number;
            if ((label == null || label.equals(name)) && engine.suits(shape)) {
                Plan plan = plan(name, configuration, plain);
                if (plan != null) {
                    kernels.add(plan);
                }
            }
        }
    }

    private static List<cudnnBackendDescriptor_t> configurations(cudnnBackendDescriptor_t query, Descriptors make) {
        cudnnBackendDescriptor_t[] slots = new cudnnBackendDescriptor_t[MOST];
        try (PointerPointer<Pointer> places = new PointerPointer<>(MOST)) {
            for (int i = 0; i < MOST; i++) {
                slots[i] = make.create(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
                places.put(i, slots[i]);
            }
            long[] count = new long[1];
            Cuda.checkCudnn(
                    cudnnBackendGetAttribute(
                            query, CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, MOST, count, places),
                    "asking cuDNN for kernels");
            return List.of(slots).subList(0, (int) Math.min(MOST, count[0]));
        }
    }

    /** One of cuDNN's engines: its number, and its behaviour and numerical notes. */
    private record Engine(long number, Set<Integer> behaviour, Set<Integer> numerics) {
        /**
         * Returns whether the engine may compute a shape. Precompiled engines crash with scaled graphs (9.14). Engines
         * that round or transform float32 products are not exact.
         */
        boolean suits(ConvolutionShape shape) {
            if (shape.input().scaled()) {
                return behaviour.contains(CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION);
            }
            return !shape.exact()
                    || !(numerics.contains(CUDNN_NUMERICAL_NOTE_TENSOR_CORE)
                            || numerics.contains(CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS)
                            || numerics.contains(CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION)
                            || numerics.contains(CUDNN_NUMERICAL_NOTE_WINOGRAD)
                            || numerics.contains(CUDNN_NUMERICAL_NOTE_FFT));
        }
    }

    private static Engine engine(cudnnBackendDescriptor_t configuration, Descriptors make) {
        cudnnBackendDescriptor_t engine = make.create(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
        long[] count = new long[1];
        try (PointerPointer<Pointer> place = new PointerPointer<>(new Pointer[] {engine});
                LongPointer number = new LongPointer(1)) {
            Cuda.checkCudnn(
                    cudnnBackendGetAttribute(
                            configuration, CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, count, place),
                    "asking for a kernel's engine");
            Cuda.checkCudnn(
                    cudnnBackendGetAttribute(
                            engine, CUDNN_ATTR_ENGINE_GLOBAL_INDEX, CUDNN_TYPE_INT64, 1, count, number),
                    "asking for an engine's number");
            return new Engine(
                    number.get(),
                    notes(
                            engine,
                            CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE,
                            CUDNN_TYPE_BEHAVIOR_NOTE,
                            CUDNN_BEHAVIOR_NOTE_TYPE_COUNT),
                    notes(
                            engine,
                            CUDNN_ATTR_ENGINE_NUMERICAL_NOTE,
                            CUDNN_TYPE_NUMERICAL_NOTE,
                            CUDNN_NUMERICAL_NOTE_TYPE_COUNT));
        }
    }

    private static Set<Integer> notes(cudnnBackendDescriptor_t engine, int attribute, int type, int limit) {
        long[] count = new long[1];
        Set<Integer> notes = new TreeSet<>();
        try (IntPointer values = new IntPointer(limit)) {
            if (cudnnBackendGetAttribute(engine, attribute, type, limit, count, values) == CUDNN_STATUS_SUCCESS) {
                for (int i = 0; i < Math.min(limit, count[0]); i++) {
                    notes.add(values.get(i));
                }
            }
        }
        return notes;
    }

    /** Compiles a plan. Returns null if cuDNN cannot, or if it needs too much memory. */
    private @Nullable Plan plan(String name, cudnnBackendDescriptor_t configuration, boolean plain) {
        Resources own = new Resources();
        try {
            Descriptors make = new Descriptors(handle, "a kernel for " + shape.key(), own);
            cudnnBackendDescriptor_t plan = make.create(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
            make.handle(plan, CUDNN_ATTR_EXECUTION_PLAN_HANDLE);
            make.descriptors(plan, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration);
            long workspace = cudnnBackendFinalize(plan) == CUDNN_STATUS_SUCCESS ? workspace(plan) : Long.MAX_VALUE;
            if (workspace > MOST_WORKSPACE) {
                own.close();
                return null;
            }
            owner.own(own, Resources::close);
            return new Plan(name, plan, workspace, plain);
        } catch (RuntimeException | Error e) {
            own.close();
            throw e;
        }
    }

    private static long workspace(cudnnBackendDescriptor_t plan) {
        long[] count = new long[1];
        try (LongPointer bytes = new LongPointer(1)) {
            Cuda.checkCudnn(
                    cudnnBackendGetAttribute(
                            plan, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_TYPE_INT64, 1, count, bytes),
                    "asking for a kernel's memory");
            return bytes.get();
        }
    }
}
