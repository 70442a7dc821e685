package io.github.mgn4j.examples;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Describes, initialises and runs a custom network with three granularities, 2, 3 and 6 stripes, on a smaller backbone.
 */
public final class ThreeGranularities {
    private ThreeGranularities() {}

    /** Arguments: model file to write. */
    public static void main(String... args) throws IOException {
        MgnSpec spec = MgnSpec.builder()
                .backbone(18)
                .input(192, 64)
                .branches(Branch.part(2), Branch.part(3), Branch.part(6).withoutGlobal())
                .embedding(128)
                .classes(751)
                .build();
        NetworkSummary summary = NetworkSummary.of(spec);
        System.out.printf(
                Locale.ROOT,
                "%d features, %d dims, %.2f GMAC per image%n",
                spec.features().size(),
                spec.featureLength(),
                summary.macs() / 1e9);
        // Every feature has a softmax loss; only the global ones have a triplet loss.
        System.out.println(Objective.mgn(spec).table());

        Model model = WeightInit.initialise(spec, 1);
        ModelFile.save(Path.of(args[0]), model);
        try (FeatureExtractor extractor = FeatureExtractor.builder(model).build()) {
            System.out.println("a feature has " + extractor.extract(someone()).length + " values");
        }
    }

    private static BufferedImage someone() {
        BufferedImage image = new BufferedImage(64, 128, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        pen.setColor(Color.ORANGE);
        pen.fillOval(24, 8, 16, 20);
        pen.setColor(Color.BLUE);
        pen.fillRect(18, 30, 28, 44);
        pen.setColor(Color.DARK_GRAY);
        pen.fillRect(20, 74, 24, 46);
        pen.dispose();
        return image;
    }
}
