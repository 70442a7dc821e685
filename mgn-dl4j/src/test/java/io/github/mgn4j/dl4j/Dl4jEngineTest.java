package io.github.mgn4j.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.eval.EvaluationOptions;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.ProgressListener;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.report.Report;
import io.github.mgn4j.spec.InputSize;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class Dl4jEngineTest {
    private static final InputSize SIZE = Networks.SIZE;

    @TempDir
    Path folder;

    private ReidDataset people() throws IOException {
        Path people = folder.resolve("people");
        SyntheticDataset.write(
                SynthOptions.DEFAULT.withIds(4).withCameras(2).withImages(3), people, false, ProgressListener.NONE);
        return DatasetFormats.read(people);
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void featuresAreTheLayersActivations(CNN2DFormat format) throws IOException {
        ComputationGraph network = Networks.small(format);
        List<Path> images =
                people().query().stream().map(ReidImage::path).limit(3).toList();
        Layout layout = format == CNN2DFormat.NCHW ? Layout.NCHW : Layout.NHWC;
        Preprocessor preprocessor = new Preprocessor(SIZE, Resampling.BILINEAR);
        FloatBuffer batch = Buffers.allocate(3L * preprocessor.length());
        for (int i = 0; i < images.size(); i++) {
            preprocessor.write(
                    preprocessor.resize(ImageDecoder.decode(images.get(i))),
                    false,
                    layout,
                    batch,
                    i * preprocessor.length());
        }
        float[] values = new float[batch.capacity()];
        batch.get(0, values);
        long[] shape = layout == Layout.NCHW ? new long[] {3, 3, 48, 32} : new long[] {3, 48, 32, 3};
        INDArray expected =
                network.feedForward(Nd4j.create(values, shape), false).get("features");

        Dl4jEngine engine = Dl4jEngine.of(network, "features", SIZE);
        assertThat(engine.inputLayout()).isEqualTo(layout);
        try (FeatureExtractor extractor =
                FeatureExtractor.builder(engine).flip(false).batch(2).build()) {
            assertThat(extractor.dims()).isEqualTo(5);
            assertThat(extractor.engineName()).isEqualTo("dl4j");
            FeatureMatrix features = extractor.extract(images);
            for (int i = 0; i < 3; i++) {
                for (int d = 0; d < 5; d++) {
                    assertThat(features.row(i)[d]).isCloseTo(expected.getFloat(i, d), within(1e-6f));
                }
            }
        }
        assertThat(network.output(Nd4j.create(values, shape)))
                .as("the network is still the caller's")
                .hasSize(1);
    }

    @Test
    void mapsAreFeaturesToo() {
        try (Dl4jEngine engine = Dl4jEngine.of(Networks.small(CNN2DFormat.NCHW), "b1", SIZE)) {
            assertThat(engine.dims()).isEqualTo(6 * 23 * 15);
        }
    }

    @Test
    void evaluationReRankingAndReportsTakeIt() throws IOException {
        ReidDataset people = people();
        try (FeatureExtractor extractor = FeatureExtractor.builder(
                        Dl4jEngine.of(Networks.small(CNN2DFormat.NCHW), "features", SIZE))
                .build()) {
            DatasetEvaluation evaluation = new Evaluator(DistanceMetric.EUCLIDEAN)
                    .evaluate(
                            extractor,
                            people,
                            EvaluationOptions.builder()
                                    .reRank(ReRanker.STANDARD)
                                    .verification(true)
                                    .build());
            assertThat(evaluation.metrics().mAP()).isBetween(0.0, 1.0);
            assertThat(Report.of(evaluation).write(folder.resolve("report")))
                    .content()
                    .contains("re-ranked");
        }
    }

    @Test
    void mistakesAreNamed() {
        ComputationGraph network = Networks.small(CNN2DFormat.NCHW);
        assertThatThrownBy(() -> Dl4jEngine.of(network, "feature", SIZE))
                .isInstanceOf(EngineException.class)
                .hasMessage("the network has no layer 'feature'; its layers: [c1, b1, pooled, features, out]");
        Dl4jEngine engine = Dl4jEngine.of(network, "features", SIZE);
        assertThatThrownBy(engine::spec)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("a DL4J network has no MgnSpec; its inputSize() and dims() are known");
        assertThatThrownBy(() -> engine.run(FloatBuffer.allocate(7), 1, FloatBuffer.allocate(5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("images hold 7 values, expected 4608");
        assertThatThrownBy(() -> engine.run(FloatBuffer.allocate(4608), 1, FloatBuffer.allocate(4)))
                .hasMessage("features have room for 4 values, expected 1 x 5");
        assertThatThrownBy(() -> FeatureExtractor.builder(engine).engine("onednn"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("engine cannot be set: the engine is open already");
        engine.close();
        engine.close();
        assertThatThrownBy(() -> engine.run(FloatBuffer.allocate(4608), 1, FloatBuffer.allocate(5)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the engine is closed");
    }
}
