package io.github.mgn4j.bench;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Presets;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.Trainer;
import java.io.IOException;
import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Times whole training steps, one line each, like its PyTorch twin tools/reference/bench_training.py. A program and not
 * a JMH benchmark, because a step of the full network takes seconds and compare-training.sh runs the two in turn.
 */
public final class TrainingSteps {
    private TrainingSteps() {}

    /** Arguments: preset, identities, images per identity, steps, and the precision if it is not fp32. */
    public static void main(String... args) throws IOException {
        int p = Integer.parseInt(args[1]);
        int k = Integer.parseInt(args[2]);
        int steps = Integer.parseInt(args[3]);
        Precision precision = args.length > 4 ? Precision.valueOf(args[4].toUpperCase(Locale.ROOT)) : Precision.FP32;
        MgnSpec spec = Presets.named(args[0], p);
        Recipe recipe = Recipe.builder()
                .p(p)
                .k(k)
                .iterations(steps)
                .precision(precision)
                .checkpointEvery(0)
                .build();
        try (RandomBatches batches = new RandomBatches(spec, p, k);
                Trainer trainer = new Trainer(WeightInit.initialise(spec, 1), recipe, batches)) {
            for (int i = 0; i < steps; i++) {
                long start = System.nanoTime();
                double loss = trainer.step().loss();
                System.out.printf(
                        Locale.ROOT, "mgn4j step %d %.1f ms loss %.4f%n", i, (System.nanoTime() - start) / 1e6, loss);
            }
            trainer.profile().entrySet().stream()
                    .limit(8)
                    .forEach(e -> System.out.printf(
                            Locale.ROOT, "mgn4j profile %s %.0f ms%n", e.getKey(), e.getValue() / 1e6));
            // One forward pass, and a backward pass of twice its operations; the updates are negligible.
            double operations = 3.0 * 2 * NetworkSummary.of(spec).macs() * p * k;
            System.out.printf(
                    Locale.ROOT, "mgn4j floor %.0f ms by the rate of a matrix product%n", operations / rate() / 1e6);
        }
    }

    /** Returns operations per nanosecond of a large float32 matrix product on this machine. */
    private static double rate() {
        int n = 2048;
        INDArray a = Nd4j.rand(DataType.FLOAT, n, n);
        INDArray b = Nd4j.rand(DataType.FLOAT, n, n);
        INDArray c = Nd4j.create(DataType.FLOAT, n, n);
        // Not mmul, because the bundled OpenBLAS takes newer CPUs for old ones.
        DynamicCustomOp product =
                DynamicCustomOp.builder("matmul").addInputs(a, b).addOutputs(c).build();
        double best = 0;
        for (int i = 0; i < 10; i++) {
            long start = System.nanoTime();
            Nd4j.exec(product);
            best = Math.max(best, 2.0 * n * n * n / (System.nanoTime() - start));
        }
        return best;
    }
}
