package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.graph.TrainingGraph;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.loss.ObjectiveGraph;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ArrayPoolTest {
    @Test
    void lendsMemoryAgainOnceItIsBack() {
        try (ArrayPool pool = new ArrayPool()) {
            INDArray first = pool.allocate(false, DataType.FLOAT, 2, 3);
            first.assign(7);
            INDArray second = pool.allocate(false, DataType.FLOAT, 6);
            second.assign(1);
            assertThat(first.sumNumber().doubleValue()).isEqualTo(42);
            pool.release(first);
            INDArray third = pool.allocate(true, DataType.FLOAT, 3, 2);
            assertThat(third.shape()).containsExactly(3, 2);
            assertThat(pool.bytes()).isEqualTo(2 * 6 * 4);
            pool.allocate(false, DataType.DOUBLE, 6);
            assertThat(pool.bytes()).isEqualTo(2 * 6 * 4 + 6 * 8);
            pool.endRun();
            pool.allocate(false, DataType.FLOAT, 6);
            pool.allocate(false, DataType.FLOAT, 1, 6);
            assertThat(pool.bytes()).isEqualTo(2 * 6 * 4 + 6 * 8);
            pool.release(Nd4j.ones(3)); // not ours: left alone
        }
    }

    /** The graph's own memory manager and the pool give the same gradients, run after run, and the pool stops growing. */
    @Test
    void changesNoGradient() {
        MgnSpec spec = MgnSpec.builder()
                .backbone(18, 1 / 32.0)
                .input(64, 32)
                .branches(Branch.globalOnly(), Branch.part(2))
                .embedding(8)
                .classes(2)
                .build();
        TrainingGraph plain = TrainingGraph.of(FormulaModels.of(spec), 4, Layout.NHWC, DataType.DOUBLE);
        TrainingGraph pooled = TrainingGraph.of(FormulaModels.of(spec), 4, Layout.NHWC, DataType.DOUBLE);
        ObjectiveGraph objective = objective(plain, spec);
        objective(pooled, spec);
        List<String> parameters = NetworkSummary.of(spec).parameters().stream()
                .filter(Parameter::trainable)
                .map(Parameter::name)
                .toList();
        MemoryBatches data = new MemoryBatches(spec, 2, 2, Layout.NHWC);
        INDArray images =
                Nd4j.createFromArray(data.images()).reshape(4, 64, 32, 3).castTo(DataType.DOUBLE);
        INDArray labels = Nd4j.createFromArray(new double[][] {{1, 0}, {1, 0}, {0, 1}, {0, 1}});
        Map<String, INDArray> inputs = Map.of(TrainingGraph.IMAGES, images, objective.labels(), labels);
        Map<String, INDArray> wanted = plain.sd().calculateGradients(inputs, parameters);
        try (SameDiffGradients executor = new SameDiffGradients(pooled.sd(), objective.outputs(), parameters)) {
            long bytes = 0;
            for (int run = 0; run < 5; run++) {
                GradientExecutor.Result result = executor.run(inputs);
                for (String name : parameters) {
                    INDArray difference = Nd.named(result.gradients(), name).sub(Nd.named(wanted, name));
                    assertThat(difference.norm2Number().doubleValue()).as(name).isCloseTo(0, within(1e-12));
                }
                assertThat(executor.bytes()).isPositive();
                if (run > 1) {
                    assertThat(executor.bytes()).as("run " + run).isEqualTo(bytes);
                }
                bytes = executor.bytes();
            }
        }
    }

    private static ObjectiveGraph objective(TrainingGraph graph, MgnSpec spec) {
        Map<FeaturePart, TrainingGraph.Head> heads = graph.heads();
        return ObjectiveGraph.add(
                graph.sd(),
                Objective.mgn(spec),
                graph.batch(),
                spec.classes(),
                part -> Objects.requireNonNull(heads.get(part)).logits(),
                part -> Objects.requireNonNull(heads.get(part)).reduced());
    }
}
