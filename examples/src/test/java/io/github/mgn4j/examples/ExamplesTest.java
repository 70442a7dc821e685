package io.github.mgn4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.image.ProgressListener;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.spec.MgnSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every example runs and says what its comment promises. */
class ExamplesTest {
    @TempDir
    Path folder;

    private interface Program {
        void run(String... args) throws IOException;
    }

    private static String output(Program program, Path... args) throws IOException {
        PrintStream original = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String[] words = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            words[i] = args[i].toString();
        }
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            program.run(words);
        } finally {
            System.setOut(original);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Writes a data set of some people under two cameras. */
    private Path people(int ids, int images) throws IOException {
        Path people = folder.resolve("people");
        SyntheticDataset.write(
                SynthOptions.DEFAULT.withIds(ids).withCameras(2).withImages(images),
                people,
                false,
                ProgressListener.NONE);
        return people;
    }

    /** Writes a small network with fresh weights. */
    private Path model(int classes) throws IOException {
        Path model = folder.resolve("model.safetensors");
        MgnSpec spec = MgnSpec.builder()
                .backbone(18, 1.0 / 16)
                .input(96, 32)
                .classes(classes)
                .build();
        ModelFile.save(model, WeightInit.initialise(spec, 1));
        return model;
    }

    @Test
    void comparesTwoImages() throws IOException {
        Path people = people(1, 1);
        ReidDataset dataset = DatasetFormats.read(people);
        Path model = model(2);
        Path first = dataset.query().get(0).path();
        Path second = dataset.gallery().get(0).path();
        assertThat(output(CompareTwoImages::main, model, first, second)).matches("distance \\d+\\.\\d{4}\\R");
        assertThat(output(CompareTwoImages::main, model, first, first)).matches("distance 0\\.0000\\R");
    }

    @Test
    void extractsAndCompares() throws IOException {
        Path people = people(4, 2);
        Path model = model(2);
        Path image = DatasetFormats.read(people).query().get(0).path();
        Path stored = folder.resolve("stored.safetensors");
        assertThat(output(ExtractAndCompare::main, model, people, stored, image, image))
                .matches(
                        "the same person: distance 0\\.0000, threshold \\d+\\.\\d{4} at a false-accept rate of 0\\.01\\R");
        assertThat(ModelFile.load(stored).thresholds()).isNotNull();
    }

    @Test
    void evaluatesAndReports() throws IOException {
        Path people = people(4, 3);
        Path model = model(4);
        Path report = folder.resolve("report");
        assertThat(output(EvaluateAndReport::main, model, people, report))
                .matches("mAP \\d+\\.\\d%, re-ranked \\d+\\.\\d%\\Rsee .*report\\.html\\R");
        assertThat(report.resolve("report.html"))
                .content()
                .contains("re-ranked", "Activation maps", "part-3", "Thresholds", people + " (market1501)");
    }

    @Test
    void readsADataSetFormatOfItsOwn() throws IOException {
        Files.writeString(folder.resolve("people.tsv"), """
                train\tAda\t1\ta.jpg
                train\tAda\t2\tb.jpg
                train\tGrace\t1\tsub/c.jpg
                query\tJoan\t1\td.jpg
                gallery\tJoan\t2\te.jpg
                """);
        assertThat(output(OwnDatasetFormat::main, folder))
                .contains("(people-tsv)")
                .containsPattern("train +2 +3 +2 +0 +0")
                .containsPattern("query +1 +1 +1 +0 +0");
        assertThat(DatasetFormats.named("people-tsv").read(folder).train())
                .extracting(ReidImage::pid, ReidImage::path)
                .containsExactly(
                        tuple(1, folder.resolve("a.jpg")),
                        tuple(1, folder.resolve("b.jpg")),
                        tuple(2, folder.resolve("sub/c.jpg")));
    }

    @Test
    void trainsANetworkWithALossOfItsOwn() throws IOException {
        Path people = people(5, 2);
        Path run = folder.resolve("run");
        String output = output(TrainWithOwnParts::main, people, run);
        assertThat(output.lines()).hasSize(9);
        assertThat(output)
                .containsPattern("step 1: .*triplet/g1=[0-9].*, centre/g1=[0-9]")
                .endsWith("trained on 5 identities" + System.lineSeparator());
        assertThat(ModelFile.load(run.resolve("model.safetensors")).spec().features())
                .hasSize(7);
    }

    @Test
    void trainsADl4jNetwork() throws IOException {
        Path people = people(4, 2);
        Path report = folder.resolve("report");
        assertThat(output(TrainDl4jNetwork::main, people, Path.of("1"), report))
                .matches("loss \\d+\\.\\d{3}, mAP \\d+\\.\\d%\\Rsee .*report\\.html\\R");
        assertThat(report.resolve("report.html")).content().contains(people + " (market1501)");
    }

    @Test
    void calibratesAndComparesPrecisions() throws IOException {
        Path people = people(1, 1);
        Path model = model(2);
        Path calibrated = folder.resolve("calibrated.safetensors");
        assertThat(output(CalibrateAndComparePrecisions::main, model, people, calibrated))
                .matches("bf16: lowest cosine to fp32 [01]\\.\\d{4}\\R"
                        + "int8: lowest cosine to fp32 [01]\\.\\d{4}\\R");
        assertThat(ModelFile.load(calibrated).ranges()).isNotNull();
    }

    @Test
    void importsAPyTorchCheckpoint() throws IOException {
        Path checkpoint = folder.resolve("mgn.pth");
        try (InputStream fixture = new GZIPInputStream(
                Files.newInputStream(Path.of("../mgn-core/src/test/resources/weights/mgn-pytorch.pth.gz")))) {
            Files.copy(fixture, checkpoint);
        }
        Path model = folder.resolve("imported.safetensors");
        assertThat(output(ImportPyTorchCheckpoint::main, checkpoint, model))
                .contains("[g1, g2, g3, p2_0, p2_1, p3_0, p3_1, p3_2]");
        assertThat(ModelFile.load(model).spec().classes()).isEqualTo(3);
    }

    @Test
    void buildsANetworkOfThreeGranularities() throws IOException {
        assertThat(output(ThreeGranularities::main, folder.resolve("three.safetensors")))
                .contains("13 features, 1664 dims")
                .contains("triplet")
                .contains("a feature has 1664 values");
    }
}
