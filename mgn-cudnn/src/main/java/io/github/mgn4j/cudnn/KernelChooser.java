package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudart.*;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import io.github.mgn4j.cudnn.ConvolutionGraph.Operands;
import io.github.mgn4j.cudnn.ConvolutionKernel.Lane;
import io.github.mgn4j.cudnn.Program.Convolution;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.internal.Resources;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses a kernel for every shape of a batch: the one that was measured before; otherwise the first one of the
 * heuristics or, if tuning is on, the fastest of those they name. Several threads compile plans concurrently.
 */
final class KernelChooser {
    /** System property: number of threads that compile plans. */
    static final String THREADS = "mgn.cudnn.threads";

    private static final Logger LOG = LoggerFactory.getLogger(KernelChooser.class);
    private static final int MOST_THREADS = 8;
    private static final int MOST_CANDIDATES = 8;
    private static final int REPEATS = 8;

    private final GpuContext context;
    private final Resources owner;

    /**
     * Creates a chooser.
     *
     * @param owner owner of the plans
     */
    KernelChooser(GpuContext context, Resources owner) {
        this.context = context;
        this.owner = owner;
    }

    /**
     * Chooses kernels.
     *
     * @param shapes one convolution of every shape
     * @param operands addresses of its operands, for measuring
     * @param memory the maps, which measuring fills with arbitrary numbers
     */
    Map<ConvolutionShape, ConvolutionKernel> choose(
            Map<ConvolutionShape, Convolution> shapes,
            Function<Convolution, Operands> operands,
            Pointer memory,
            long bytes) {
        Map<ConvolutionShape, List<ConvolutionKernel>> candidates = candidates(shapes);
        Map<ConvolutionShape, ConvolutionKernel> chosen = new HashMap<>();
        boolean measured = false;
        for (Map.Entry<ConvolutionShape, List<ConvolutionKernel>> entry : candidates.entrySet()) {
            ConvolutionShape shape = entry.getKey();
            List<ConvolutionKernel> kernels = entry.getValue();
            if (kernels.size() == 1) {
                chosen.put(shape, kernels.get(0));
            } else {
                if (!measured) {
                    fill(memory, bytes);
                }
                Convolution op = shapes.get(shape);
                if (op == null) {
                    throw new IllegalStateException("no convolution of the shape " + shape);
                }
                ConvolutionKernel best = fastest(
                        shape,
                        kernels,
                        operands.apply(op),
                        context.weights().of(op).residualScale());
                chosen.put(shape, best);
                context.choices().put(shape, best.label());
                measured = true;
            }
        }
        if (measured) {
            context.choices().save();
        }
        return chosen;
    }

    private Map<ConvolutionShape, List<ConvolutionKernel>> candidates(Map<ConvolutionShape, Convolution> shapes) {
        int threads = Math.min(
                shapes.size(),
                Integer.getInteger(
                        THREADS, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors())));
        ConcurrentLinkedQueue<cudnnContext> handles = new ConcurrentLinkedQueue<>(context.compilerHandles(threads));
        ExecutorService executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "mgn-cudnn-compile");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Map<ConvolutionShape, Future<Found>> tasks = new LinkedHashMap<>();
            shapes.keySet().forEach(shape -> tasks.put(shape, executor.submit(() -> find(shape, handles))));
            Map<ConvolutionShape, List<ConvolutionKernel>> found = new LinkedHashMap<>();
            RuntimeException failure = null;
            for (Map.Entry<ConvolutionShape, Future<Found>> task : tasks.entrySet()) {
                try {
                    // Not interruptible: the plans that compile meanwhile would be lost.
                    Found compiled = Objects.requireNonNull(Uninterruptibles.getUninterruptibly(task.getValue()));
                    owner.own(compiled.plans, Resources::close);
                    found.put(task.getKey(), compiled.kernels);
                } catch (ExecutionException e) {
                    Throwable cause = Objects.requireNonNull(e.getCause());
                    Throwables.throwIfInstanceOf(cause, Error.class);
                    failure = cause instanceof RuntimeException unchecked
                            ? unchecked
                            : new EngineException("compiling kernels", cause);
                }
            }
            if (failure != null) {
                throw failure;
            }
            return found;
        } finally {
            executor.shutdownNow();
        }
    }

    private record Found(List<ConvolutionKernel> kernels, Resources plans) {}

    private Found find(ConvolutionShape shape, ConcurrentLinkedQueue<cudnnContext> handles) {
        cudnnContext handle = handles.remove();
        Resources plans = new Resources();
        try {
            context.use();
            PlanFinder finder = new PlanFinder(shape, handle, plans);
            String label = context.choices().get(shape);
            if (label != null) {
                List<ConvolutionKernel> matching = finder.find(1, label);
                if (!matching.isEmpty()) {
                    return new Found(matching, plans);
                }
                context.choices().remove(shape);
            }
            return new Found(finder.find(context.tune() ? MOST_CANDIDATES : 1, null), plans);
        } catch (RuntimeException | Error e) {
            plans.close();
            throw e;
        } finally {
            handles.add(handle);
        }
    }

    /** Fills the maps with moderate numbers, because kernels are faster on zeros than on real data. */
    private void fill(Pointer memory, long bytes) {
        int[] pattern = switch (context.formats().maps()) {
            case F32 -> new int[] {0x807FFFFF, 0x3E000000};
            case F16 -> new int[] {0x83FF83FF, 0x30003000};
            case BF16 -> new int[] {0x807F807F, 0x3E003E00};
            case S8 -> new int[] {0xFFFFFFFF, 0};
            case E4M3 -> new int[] {0x87878787, 0x28282828};
        };
        context.kernels().launchEach(context.stream(0), "noise", bytes / 4, memory, pattern[0], pattern[1], bytes / 4);
    }

    private ConvolutionKernel fastest(
            ConvolutionShape shape, List<ConvolutionKernel> kernels, Operands operands, float residualScale) {
        ConvolutionKernel best = null;
        double fastest = Double.POSITIVE_INFINITY;
        StringBuilder times = new StringBuilder();
        EngineException problem = new EngineException("there are no candidates");
        for (ConvolutionKernel kernel : kernels) {
            try {
                double ms = milliseconds(shape, kernel, operands, residualScale);
                times.append(" %s %.4f".formatted(kernel.label(), ms));
                if (ms < fastest) {
                    fastest = ms;
                    best = kernel;
                }
            } catch (EngineException e) {
                LOG.debug("the kernel {} for {} cannot be used", kernel.label(), shape.key(), e);
                problem = e;
            }
        }
        if (best == null) {
            throw new EngineException("no kernel can be used for " + shape.key(), problem);
        }
        if (LOG.isDebugEnabled()) {
            LOG.debug("{}: {} ms, {} TFLOP/s, of{}", shape.key(), fastest, shape.flops() / fastest / 1e9, times);
        }
        return best;
    }

    private double milliseconds(
            ConvolutionShape shape, ConvolutionKernel kernel, Operands operands, float residualScale) {
        try (Resources temporary = new Resources()) {
            Lane lane = new Lane(
                    context.stream(0),
                    context.handle(0),
                    DeviceMemory.allocate(kernel.workspace(), "a kernel's own memory", temporary),
                    context.kernels(),
                    new Descriptors(context.handle(0), "operands", temporary));
            kernel.run(lane, shape, operands, residualScale);
            context.await();
            CUgraphExec_st executable = Cuda.record(
                    lane.stream(),
                    () -> {
                        for (int i = 0; i < REPEATS; i++) {
                            kernel.run(lane, shape, operands, residualScale);
                        }
                    },
                    temporary);
            Cuda.check(cudaGraphLaunch(executable, lane.stream()), "cudaGraphLaunch");
            return DeviceTimer.milliseconds(
                            lane.stream(),
                            () -> Cuda.check(cudaGraphLaunch(executable, lane.stream()), "cudaGraphLaunch"))
                    / REPEATS;
        }
    }
}
