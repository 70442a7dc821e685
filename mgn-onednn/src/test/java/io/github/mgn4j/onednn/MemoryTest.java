package io.github.mgn4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** What an engine takes, it gives back; a batch takes nothing. */
class MemoryTest {
    private static final MgnSpec SPEC =
            MgnSpec.builder().backbone(18, 1.0 / 16).input(96, 32).embedding(8).build();
    private static final Model MODEL = ReferenceWeights.model(SPEC);

    @Test
    void closingFreesEverything() {
        run(new OneDnnEngine(MODEL, PrecisionPolicy.FP32), 1).close(); // loads classes
        long before = Pointer.totalBytes();
        for (int i = 0; i < 5; i++) {
            OneDnnEngine engine = run(new OneDnnEngine(MODEL, PrecisionPolicy.FP32), 2);
            assertThat(Pointer.totalBytes()).isGreaterThan(before);
            engine.close();
            assertThat(Pointer.totalBytes()).isEqualTo(before);
        }
    }

    @Test
    void memoryStaysFlat() {
        try (OneDnnEngine engine = new OneDnnEngine(MODEL, PrecisionPolicy.FP32)) {
            run(engine, 3);
            long weightsAndAPlan = Pointer.totalBytes();
            Set<Long> totals = new HashSet<>();
            for (int i = 0; i < 300; i++) {
                run(engine, 3);
                totals.add(Pointer.totalBytes());
            }
            // A second plan, if the engine tried one thread meanwhile.
            assertThat(totals).hasSizeLessThanOrEqualTo(2).allMatch(total -> total < 2 * weightsAndAPlan);
            for (int batch = 1; batch <= 40; batch++) { // more sizes than plans are kept
                run(engine, batch % 7 + 1);
            }
            assertThat(Pointer.totalBytes()).isLessThan(7 * weightsAndAPlan);
        }
    }

    @Test
    void aPlanThatCannotBeMadeLeaksNothing() {
        run(new OneDnnEngine(MODEL, PrecisionPolicy.FP32), 1).close();
        long before = Pointer.totalBytes();
        PrecisionPolicy impossible = new PrecisionPolicy() {
            @Override
            public Precision precision() {
                return Precision.FP32;
            }

            @Override
            public List<TensorType> types(Network network) {
                List<TensorType> types = new ArrayList<>(PrecisionPolicy.FP32.types(network));
                types.set(types.size() - 5, new TensorType(4711, 1));
                return types;
            }
        };
        OneDnnEngine engine = new OneDnnEngine(MODEL, impossible);
        assertThatThrownBy(() -> run(engine, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("oneDNN");
        engine.close();
        assertThat(Pointer.totalBytes()).isEqualTo(before);
    }

    private static OneDnnEngine run(OneDnnEngine engine, int batch) {
        engine.run(
                FloatBuffer.wrap(ReferenceWeights.images(batch, 96, 32)),
                batch,
                FloatBuffer.allocate(batch * SPEC.featureLength()));
        return engine;
    }
}
