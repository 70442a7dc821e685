package io.github.mgn4j.examples;

import io.github.mgn4j.data.Augmentations;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.IdentityIndex;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.dl4j.Dl4jEngine;
import io.github.mgn4j.dl4j.IdentityBalancedIterator;
import io.github.mgn4j.dl4j.IdentityBalancedMultiIterator;
import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.report.Report;
import io.github.mgn4j.spec.InputSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains a DL4J network, {@link Dl4jResNet}, through its own {@code fit}, evaluates it and writes a report. */
public final class TrainDl4jNetwork {
    private TrainDl4jNetwork() {}

    /** Arguments: folder of the data set, number of epochs, folder to write the report to. */
    public static void main(String... args) throws IOException {
        ReidDataset people = DatasetFormats.read(Path.of(args[0]));
        InputSize size = new InputSize(64, 32);
        int classes = IdentityIndex.of(people.requireTrain()).classes();
        ComputationGraph network = new ComputationGraph(Dl4jResNet.configuration(size, classes));
        network.init();
        try (IdentityBalancedMultiIterator batches = IdentityBalancedIterator.builder(people, size)
                .p(4)
                .k(4)
                .augmentation(Augmentations.parse("flip"))
                .buildMulti(2)) { // two outputs, the same labels
            network.fit(batches, Integer.parseInt(args[1]));
        }
        Dl4jEngine engine = Dl4jEngine.of(network, Dl4jResNet.FEATURES, size);
        try (FeatureExtractor extractor = FeatureExtractor.builder(engine).build()) {
            DatasetEvaluation evaluation = new Evaluator(DistanceMetric.EUCLIDEAN).evaluate(extractor, people);
            double mAP = evaluation.metrics().mAP();
            System.out.printf(Locale.ROOT, "loss %.3f, mAP %.1f%%%n", network.score(), 100 * mAP);
            System.out.println("see " + Report.of(evaluation).write(Path.of(args[2])));
        }
    }
}
