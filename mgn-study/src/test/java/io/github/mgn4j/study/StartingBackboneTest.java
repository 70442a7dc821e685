package io.github.mgn4j.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.checkpoint.ImportLayout;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.checkpoint.PyTorchExporter;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.train.NetworkSettings;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartingBackboneTest {
    private static final Recipe BASE = Recipe.builder()
            .p(2)
            .k(2)
            .network(new NetworkSettings("mgn", 18, 1 / 32.0, new InputSize(96, 32), null, 4, null))
            .build();
    private static final MgnSpec MGN =
            StudySuites.preset("mgn", BASE).toBuilder().classes(4).build();

    @TempDir
    Path temp;

    private Model resnet;
    private Path checkpoint;

    /** A checkpoint as torchvision writes them: here of a small network with random weights. */
    @BeforeEach
    void export() throws IOException {
        resnet = WeightInit.initialise(StudySuites.preset("resnet50", BASE), 6);
        checkpoint = temp.resolve("start.pth");
        assertThat(PyTorchExporter.export(resnet, checkpoint)).isEqualTo(ImportLayout.TORCHVISION);
    }

    private static String layer(String name) {
        return name.substring(name.indexOf("layer") < 0 ? name.indexOf('.') + 1 : name.indexOf("layer"));
    }

    /** Trunk and all branches are the checkpoint's, the rest is that of a fresh network. */
    @Test
    void everyBranchStartsAsTheCheckpoint() throws IOException {
        Model start = StartingBackbone.read(checkpoint).start(MGN, 3);
        Model fresh = WeightInit.initialise(MGN, 3);
        int taken = 0;
        for (Parameter parameter : NetworkSummary.of(MGN).parameters()) {
            float[] found = start.weights().get(parameter.name()).toArray();
            if (parameter.section() == Parameter.Section.BACKBONE) {
                String source = resnet.weights().names().stream()
                        .filter(name -> name.endsWith("." + layer(parameter.name())))
                        .findFirst()
                        .orElseThrow();
                assertThat(found)
                        .as(parameter.name())
                        .isEqualTo(resnet.weights().get(source).toArray());
                taken += parameter.name().startsWith("branches.2.") ? 1 : 0;
            } else {
                assertThat(found)
                        .as(parameter.name())
                        .isEqualTo(fresh.weights().get(parameter.name()).toArray());
            }
        }
        assertThat(taken).as("tensors of the third branch").isGreaterThan(20);
    }

    /** A branch of the same index keeps its own weights. */
    @Test
    void aModelsBranchesStayTheirOwn() throws IOException {
        Model model = WeightInit.initialise(MGN, 8);
        Path file = temp.resolve("model.safetensors");
        ModelFile.save(file, model);
        Model start =
                StartingBackbone.read(file).start(MGN.toBuilder().classes(9).build(), 1);
        for (Parameter parameter : NetworkSummary.of(MGN).parameters()) {
            if (parameter.section() == Parameter.Section.BACKBONE) {
                assertThat(start.weights().get(parameter.name()).toArray())
                        .isEqualTo(model.weights().get(parameter.name()).toArray());
            }
        }
    }

    /** The training of a row is one that begins with the start; a study of another start is another study. */
    @Test
    void aStudyTrainsFromIt() throws IOException {
        Path data = temp.resolve("data");
        SyntheticDataset.write(
                SynthOptions.DEFAULT.withIds(4).withCameras(2).withImages(2).withSize(24, 48),
                data,
                false,
                (done, total) -> {});
        ReidDataset dataset = DatasetFormats.read(data);
        Files.writeString(temp.resolve("rows.yaml"), """
                rows:
                  - name: random
                    networks: [{spec: part-2}]
                  - name: started
                    networks: [{spec: part-2, init: start.pth}]
                """);
        List<StudyRow> rows = StudyYaml.read(temp.resolve("rows.yaml"), BASE);
        Path folder = temp.resolve("study");
        try (Study study = builder(dataset, rows).folder(folder).open()) {
            study.run();
        }
        StudyNetwork network = StudyNetwork.of(
                StudySuites.preset("part-2", BASE).toBuilder().classes(4).build(), BASE);
        Recipe recipe = rows.get(0).networks().get(0).recipe().toBuilder()
                .iterations(1)
                .seed(1)
                .build();
        try (Training training = Training.builder(dataset, recipe)
                .start(StartingBackbone.read(checkpoint).start(network.spec(), 1))
                .folder(temp.resolve("alone"))
                .open()) {
            training.run();
        }
        Path started = folder.resolve("runs/started-seed-1/model.safetensors");
        assertThat(Files.mismatch(temp.resolve("alone/model.safetensors"), started))
                .isEqualTo(-1);
        assertThat(Files.mismatch(folder.resolve("runs/random-seed-1/model.safetensors"), started))
                .isNotEqualTo(-1);

        PyTorchExporter.export(WeightInit.initialise(resnet.spec(), 7), checkpoint);
        List<StudyRow> others = StudyYaml.read(temp.resolve("rows.yaml"), BASE);
        assertThatThrownBy(() ->
                        builder(dataset, others).folder(folder).resume(true).open())
                .isInstanceOf(StudyException.class)
                .hasMessageContaining("the row \"started\" has another spec, recipe, objective or start now");
    }

    private static StudyBuilder builder(ReidDataset dataset, List<StudyRow> rows) {
        return Study.builder(dataset, rows).seeds(List.of(1L)).iterations(1).reRanker(new ReRanker(3, 2, 0.3));
    }

    @Test
    void everyDepthNeedsAFile() throws IOException {
        StartingBackbone start = StartingBackbone.read(checkpoint);
        List<StudyRow> rows = StudySuites.article(BASE);
        assertThat(rows.get(8).withStarts(List.of(start)).networks().get(0).start())
                .isSameAs(start);
        assertThatThrownBy(() -> rows.get(1).withStarts(List.of(start)))
                .isInstanceOf(StudyException.class)
                .hasMessage("row 'ResNet-101' has a ResNet-101 of width 0.03125 to start, " + checkpoint
                        + " has a ResNet-18 of width 0.03125; a file for each depth and width expected");
        Files.writeString(
                temp.resolve("rows.yaml"), "rows: [{name: a, networks: [{spec: resnet101, init: start.pth}]}]");
        assertThatThrownBy(() -> StudyYaml.read(temp.resolve("rows.yaml"), BASE))
                .isInstanceOf(StudyException.class)
                .hasMessageContaining("row 'a', network 1: init: ")
                .hasMessageContaining("the network a ResNet-101 of width");
        Files.writeString(temp.resolve("rows.yaml"), "rows: [{name: a, networks: [{spec: mgn, init: gone.pth}]}]");
        assertThatThrownBy(() -> StudyYaml.read(temp.resolve("rows.yaml"), BASE))
                .isInstanceOf(WeightsException.class)
                .hasMessageEndingWith("gone.pth: no such file");
    }
}
