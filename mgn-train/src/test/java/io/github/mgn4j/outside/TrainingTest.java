package io.github.mgn4j.outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.Augmentation;
import io.github.mgn4j.data.DatasetException;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.TrainingSample;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.loss.CustomTerm;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.train.GroupedOptimizer;
import io.github.mgn4j.train.ParameterGroups;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.RecipeBuilder;
import io.github.mgn4j.train.RecipeException;
import io.github.mgn4j.train.RunFolder;
import io.github.mgn4j.train.StepLog;
import io.github.mgn4j.train.Training;
import io.github.mgn4j.train.TrainingBuilder;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Training by a program that has nothing but what is public, with parts of its own. */
class TrainingTest {
    private static final MgnSpec SPEC = MgnSpec.builder()
            .backbone(18, 1 / 32.0)
            .input(64, 32)
            .branches(Branch.part(2))
            .embedding(8)
            .classes(9) // becomes the data's
            .build();

    @TempDir
    static Path data;

    @TempDir
    Path temp;

    private static ReidDataset dataset;

    @BeforeAll
    static void drawPeople() throws IOException {
        SyntheticDataset.write(
                SynthOptions.DEFAULT.withIds(3).withCameras(2).withImages(2), data, true, (done, total) -> {});
        dataset = DatasetFormats.read(data);
    }

    private static RecipeBuilder recipe() {
        return Recipe.builder().p(2).k(2).iterations(6).lr(0.01).checkpointEvery(4);
    }

    private static TrainingBuilder training(Recipe recipe) {
        return Training.builder(dataset, recipe).spec(SPEC);
    }

    /** The signs of a moving mean of gradients. */
    private static final class SignMomentum extends GroupedOptimizer {
        SignMomentum(ParameterGroups groups) {
            super(1e-4, groups);
        }

        @Override
        protected void update(String parameter, INDArray weight, INDArray gradient, double lr) {
            INDArray mean = stateOf("mean", parameter, weight);
            INDArray count = numberOf("count", parameter, weight);
            count.addi(1);
            mean.muli(0.9).addi(gradient.muli(0.1));
            weight.subi(Transforms.sign(mean).muli(lr / count.getDouble(0)));
        }
    }

    private static SDVariable centre(SameDiff sd, SDVariable vectors, SDVariable oneHot) {
        SDVariable same = sd.mmul(oneHot, oneHot, false, true, false);
        SDVariable centres = sd.mmul(same, vectors).div(same.sum(true, 1));
        return sd.math().square(vectors.sub(centres)).sum(1).mean();
    }

    private static Objective withCentre(MgnSpec spec) {
        return Objective.mgn(spec)
                .with(spec.globalFeatures().stream()
                        .map(g -> CustomTerm.onVector("centre", g, 0.1, TrainingTest::centre))
                        .toList())
                .with(List.of(CustomTerm.onLogits(
                        "small",
                        spec.features().get(0),
                        1e-3,
                        (sd, x, y) -> sd.math().square(x).mean())));
    }

    /** A gray band somewhere. */
    private static final Augmentation BAND = (sample, random) -> {
        byte[] pixels = sample.image().rgb();
        int row = random.nextInt(sample.image().height());
        for (int i = 0; i < 3 * sample.image().width(); i++) {
            pixels[3 * sample.image().width() * row + i] = 127;
        }
        return new TrainingSample(
                new RgbImage(sample.image().width(), sample.image().height(), pixels), sample.mirrored());
    };

    private static TrainingBuilder ownParts(Recipe recipe) {
        return training(recipe)
                .objective(TrainingTest::withCentre)
                .optimizer(SignMomentum::new)
                .augmentation("band", BAND);
    }

    @Test
    void oneCallTrainsIntoARunFolder() throws IOException {
        Path run = temp.resolve("run");
        Recipe recipe = recipe().build();
        try (Training training = training(recipe).folder(run).open()) {
            assertThat(training.start().spec().classes()).isEqualTo(3);
            assertThat(training.totalIterations()).isEqualTo(6);
            Model model = training.run();
            assertSame(ModelFile.load(run.resolve(RunFolder.MODEL)), model);
            assertThatThrownBy(training::run).isInstanceOf(IllegalStateException.class);
        }
        assertThat(StepLog.read(run))
                .hasSize(6)
                .allSatisfy(step -> assertThat(step.loss()).isPositive().isFinite());
        assertThatThrownBy(() -> Training.run(dataset, recipe, run)).isInstanceOf(FileAlreadyExistsException.class);
        try (Training again = training(recipe).folder(run).resume(true).open()) {
            assertThat(again.isFinished()).isTrue();
            assertSame(again.run(), ModelFile.load(run.resolve(RunFolder.MODEL)));
        }
    }

    @Test
    void ownPartsTrainAndResumeAsIfNeverStopped() throws IOException {
        for (int microBatch : new int[] {0, 2}) {
            Recipe recipe = recipe().augment(List.of("flip", "band"))
                    .microBatch(microBatch)
                    .build();
            List<Double> centres = new ArrayList<>();
            Model whole;
            try (Training training = ownParts(recipe)
                    .listener((trainer, step) -> centres.add(step.terms().getOrDefault("centre/g1", Double.NaN)))
                    .open()) {
                whole = training.run();
            }
            assertThat(centres).hasSize(6).allSatisfy(value -> assertThat(value).isPositive());

            Path run = temp.resolve("parts" + microBatch);
            try (Training first = ownParts(recipe)
                    .folder(run)
                    .listener((trainer, step) -> {
                        if (step.iteration() == 3) {
                            trainer.requestStop();
                        }
                    })
                    .open()) {
                first.run();
            }
            assertThat(run.resolve(RunFolder.RECIPE))
                    .content()
                    .startsWith("# The objective is the program's own: softmax/g1 ")
                    .contains("\n# The optimizer is the program's own: " + SignMomentum.class.getName() + "\n");
            try (Training second = ownParts(recipe).folder(run).resume(true).open()) {
                assertThat(second.iteration()).isEqualTo(3);
                assertSame(second.run(), whole);
            }
            try (Training plain = training(recipe().build()).open()) {
                assertThat(weights(plain.run()).get(0))
                        .isNotEqualTo(weights(whole).get(0));
            }
        }
    }

    @Test
    void aRunWithOwnPartsIsNotResumedWithOthers() throws IOException {
        Path run = temp.resolve("run");
        Recipe recipe = recipe().augment(List.of("flip", "band")).build();
        try (Training training = ownParts(recipe).folder(run).open()) {
            training.requestStop();
            training.run();
        }
        assertResumeRefused(
                training(recipe),
                run,
                DatasetException.class,
                "unknown augmentation 'band'; expected: none, or a list of flip, crop, erase, jitter");
        assertResumeRefused(
                training(recipe).augmentation("band", BAND).objective(TrainingTest::withCentre),
                run,
                RecipeException.class,
                "the run was made with its program's own optimizer (" + SignMomentum.class.getName()
                        + "): it is resumed by a program that sets the same");
        assertResumeRefused(
                ownParts(recipe).objective(Objective::mgn),
                run,
                RecipeException.class,
                "the run's own objective was softmax/g1 softmax/p2_0 softmax/p2_1 triplet/g1 centre/g1 small/g1,"
                        + " and cannot be softmax/g1 softmax/p2_0 softmax/p2_1 triplet/g1 now");
        Path plain = temp.resolve("plain");
        try (Training training = training(recipe().build()).folder(plain).open()) {
            training.requestStop();
            training.run();
        }
        assertResumeRefused(
                training(recipe().build()).optimizer(SignMomentum::new),
                plain,
                RecipeException.class,
                "the run's optimizer was its recipe's, and cannot be a program's own now");
    }

    private static void assertResumeRefused(
            TrainingBuilder setup, Path run, Class<? extends RuntimeException> type, String message) {
        assertThatThrownBy(() -> {
                    try (Training training = setup.folder(run).resume(true).open()) {
                        training.run();
                    }
                })
                .isInstanceOf(type)
                .hasMessage(message);
    }

    @Test
    void anOptimizersStateThatCannotBeRestoredIsRefusedAtTheCheckpoint() {
        assertThatThrownBy(() -> {
                    try (Training training = training(recipe().build())
                            .folder(temp.resolve("run"))
                            .optimizer(groups -> new GroupedOptimizer(0, groups) {
                                @Override
                                protected void update(String name, INDArray weight, INDArray gradient, double lr) {
                                    stateOf("history", name, Nd4j.zeros(2, 7));
                                }
                            })
                            .open()) {
                        training.run();
                    }
                })
                .isInstanceOf(WeightsException.class)
                .hasMessageMatching("optimizer state 'history/.*' has shape \\[2, 7], expected \\[.*] as the parameter,"
                        + " or one number");
    }

    @Test
    void augmentationsOfOnesOwnHaveANameInTheRecipe() {
        assertThatThrownBy(() ->
                        training(recipe().build()).augmentation("band", BAND).open())
                .isInstanceOf(DatasetException.class)
                .hasMessage("the augmentation 'band' is set, but the list of augmentations is [flip]");
        for (String name : List.of("flip", "none", "a,b", "Band", "")) {
            assertThatThrownBy(() ->
                            training(recipe().build()).augmentation(name, BAND).open())
                    .isInstanceOf(DatasetException.class)
                    .hasMessageStartingWith("an augmentation of one's own cannot be called '" + name + "'");
        }
        Recipe recipe = recipe().augment(List.of("half")).build();
        Augmentation half =
                (sample, random) -> new TrainingSample(new RgbImage(16, 64, new byte[16 * 64 * 3]), sample.mirrored());
        assertThatThrownBy(() -> {
                    try (Training training = training(recipe)
                            .augmentation("half", half)
                            .folder(temp.resolve("half"))
                            .open()) {
                        training.run();
                    }
                })
                .isInstanceOf(DatasetException.class)
                .hasMessage("an augmentation returned an image of 16x64 pixels, expected the 32x64 that it was given");
        assertThat(temp.resolve("half")).doesNotExist();
    }

    @Test
    void aModelIsTrainedFurtherWithNewClassifiersWhereTheyDoNotFit() throws IOException {
        Model other = WeightInit.initialise(SPEC, 4);
        try (Training training =
                Training.builder(dataset, recipe().build()).start(other).open()) {
            Model start = training.start();
            assertThat(start.spec().classes()).isEqualTo(3);
            for (Parameter p : NetworkSummary.of(start.spec()).parameters()) {
                if (p.section() != Parameter.Section.CLASSIFIER) {
                    assertThat(start.weights().get(p.name()).toArray())
                            .isEqualTo(other.weights().get(p.name()).toArray());
                }
            }
        }
        Model same = WeightInit.initialise(SPEC.toBuilder().classes(3).build(), 4);
        try (Training training =
                Training.builder(dataset, recipe().build()).start(same).open()) {
            assertThat(training.start()).isSameAs(same);
        }
        assertThatThrownBy(() -> training(recipe().build()).start(same).open())
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("not from both");
    }

    @Test
    void aValidationSetIsScoredWithAndWithoutAFolder() throws IOException {
        List<Long> scored = new ArrayList<>();
        Recipe recipe = recipe().evaluateEvery(4).build();
        Path run = temp.resolve("run");
        for (boolean folder : new boolean[] {false, true}) {
            TrainingBuilder setup = training(recipe).evaluator((model, iteration) -> {
                assertThat(model.spec().classes()).isEqualTo(3);
                scored.add(iteration);
                return -iteration;
            });
            try (Training training = folder ? setup.folder(run).open() : setup.open()) {
                training.run();
            }
        }
        assertThat(scored).containsExactly(4L, 6L, 4L, 6L);
        assertThat(run.resolve(RunFolder.BEST)).exists();
        assertThatThrownBy(
                        () -> training(recipe().build()).evaluator((m, i) -> 0).open())
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith("evaluate-every is 0, so the evaluator would never be called");
    }

    @Test
    void aFolderIsLeftAloneByATrainingThatTookNoStep() throws IOException {
        Path run = temp.resolve("run");
        training(recipe().build()).folder(run).open().close();
        assertThat(run).doesNotExist();
        assertThatThrownBy(() -> training(recipe().p(4).build()).folder(run).open())
                .isInstanceOf(DatasetException.class);
        assertThat(run).doesNotExist();
        try (RunFolder open = RunFolder.create(run, false);
                Training training = training(recipe().build())
                        .folder(open)
                        .note("data", "here")
                        .open()) {
            training.run();
        }
        try (RunFolder again = RunFolder.resume(run)) {
            assertThat(again.note("data")).hasValue("here");
        }
        assertThat(Files.exists(run.resolve(RunFolder.MODEL))).isTrue();
    }

    private static List<float[]> weights(Model model) {
        return model.weights().names().stream()
                .map(name -> model.weights().get(name).toArray())
                .toList();
    }

    private static void assertSame(Model found, Model wanted) {
        assertThat(weights(found).toArray(float[][]::new))
                .isDeepEqualTo(weights(wanted).toArray(float[][]::new));
    }
}
