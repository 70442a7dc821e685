package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.base.Splitter;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    private static final MgnSpec SPEC = MgnSpec.builder()
            .backbone(18, 1 / 32.0)
            .input(64, 32)
            .branches(Branch.part(2))
            .embedding(8)
            .classes(2)
            .build();

    @Test
    void holdsWhatTheContractSays(@TempDir Path temp) throws IOException {
        Path out = temp.resolve("deep/run");
        Recipe recipe =
                Recipe.builder().p(2).k(2).iterations(5).checkpointEvery(2).build();
        List<StepReport> steps = new ArrayList<>();
        Model trained;
        try (RunFolder folder = RunFolder.create(out, false);
                Trainer trainer =
                        new Trainer(ReferenceWeights.model(SPEC), recipe, new MemoryBatches(SPEC, 2, 2, Layout.NHWC))) {
            trainer.addListener(folder);
            trainer.addListener((t, step) -> steps.add(step));
            trained = trainer.run();
        }
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "model.safetensors", "log.csv", "recipe.yaml", "checkpoint-00000005.safetensors");
        }
        assertThat(RecipeYaml.read(out.resolve("recipe.yaml"))).isEqualTo(recipe);
        List<String> rows = Files.readAllLines(out.resolve("log.csv"));
        assertThat(rows).hasSize(6);
        assertThat(rows.get(0)).isEqualTo("epoch,iteration,loss,softmax,triplet,lr,images_per_second");
        for (int i = 0; i < 5; i++) {
            List<String> row = Splitter.on(',').splitToList(rows.get(i + 1));
            StepReport step = steps.get(i);
            assertThat(row).hasSize(7);
            assertThat(row.get(0)).isEqualTo("1");
            assertThat(row.get(1)).isEqualTo(String.valueOf(i + 1));
            assertThat(Double.parseDouble(row.get(2))).isCloseTo(step.loss(), within(1e-7));
            assertThat(Double.parseDouble(row.get(3))).isCloseTo(step.softmax(), within(1e-7));
            assertThat(Double.parseDouble(row.get(4))).isCloseTo(step.triplet(), within(1e-7));
            assertThat(row.get(5)).isEqualTo("0.01");
            assertThat(Double.parseDouble(row.get(6))).isPositive();
        }
        Model read = ModelFile.load(out.resolve("model.safetensors"));
        assertThat(read.spec()).isEqualTo(SPEC);
        for (String name : trained.weights().names()) {
            assertThat(read.weights().get(name).toArray())
                    .as(name)
                    .isEqualTo(trained.weights().get(name).toArray());
        }
        assertThat(ModelFile.load(out.resolve("checkpoint-00000005.safetensors"))
                        .spec())
                .isEqualTo(SPEC);
    }

    @Test
    void doesNotOverwriteARunUnasked(@TempDir Path out) throws IOException {
        Files.writeString(out.resolve("checkpoint-00000100.safetensors"), "precious");
        Files.writeString(out.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> RunFolder.create(out, false))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("checkpoint-00000100");
        assertThat(out.resolve("checkpoint-00000100.safetensors")).exists();
        RunFolder.create(out, true).close();
        assertThat(out.resolve("checkpoint-00000100.safetensors")).doesNotExist();
        assertThat(out.resolve("notes.txt")).exists();
        assertThatThrownBy(() -> RunFolder.create(out.resolve("notes.txt"), true))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void twoRunsCannotShareAFolder(@TempDir Path temp) throws IOException {
        Path out = temp.resolve("run");
        Runs.begin(out, Runs.recipe().build(), 1);
        RunFolder first = RunFolder.resume(out);
        for (boolean overwrite : new boolean[] {true, false}) {
            assertThatThrownBy(() -> RunFolder.create(out, overwrite))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessage("%s: is being written to by process %d: wait for its end, or name another folder"
                            .formatted(out, ProcessHandle.current().pid()));
        }
        assertThatThrownBy(() -> RunFolder.resume(out)).isInstanceOf(FileSystemException.class);
        assertThat(Runs.names(out)).contains("checkpoint-00000001.safetensors");
        first.close();
        RunFolder.resume(out).close();
        assertThat(Runs.names(out)).doesNotContain(".mgn.lock");
    }

    @Test
    void aFolderRemovedUnderATrainingIsNoticed(@TempDir Path temp) throws IOException {
        Path out = temp.resolve("run");
        for (String gone : List.of("", RunFolder.LOG)) {
            assertThatThrownBy(() -> {
                        try (RunFolder run = RunFolder.create(out, true);
                                Trainer trainer = new Trainer(
                                        ReferenceWeights.model(Runs.SPEC),
                                        Runs.recipe().build(),
                                        Runs.data())) {
                            trainer.addListener(run);
                            trainer.addListener((t, step) -> {
                                if (step.iteration() == 2) {
                                    MoreFiles.deleteRecursively(
                                            out.resolve(gone), RecursiveDeleteOption.ALLOW_INSECURE);
                                }
                            });
                            trainer.run();
                        }
                    })
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageStartingWith(out.resolve(gone).toString());
            assertThat(out.resolve(gone)).doesNotExist();
        }
    }

    @Test
    void classifiersAreKeptForTheSameClassesAndNewForOthers() {
        Model model = ReferenceWeights.model(SPEC);
        assertThat(StartingWeights.from(model, 2, 1)).isSameAs(model);
        Model other = StartingWeights.from(model, 5, 1);
        assertThat(other.spec().classes()).isEqualTo(5);
        assertThat(other.weights().get("classifiers.p2_1.weight").shape()).containsExactly(5, 8);
        assertThat(other.weights().get("branches.0.layer4.0.conv1.weight"))
                .isSameAs(model.weights().get("branches.0.layer4.0.conv1.weight"));
    }
}
