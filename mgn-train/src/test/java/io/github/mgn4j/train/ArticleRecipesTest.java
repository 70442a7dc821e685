package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.data.EpochLength;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArticleRecipesTest {
    /** Images and identities are the published ones of each training set. */
    @ParameterizedTest
    @CsvSource({
        "market1501, 12936, 751, 202",
        "dukemtmc, 16522, 702, 258",
        "cuhk03-labeled, 7368, 767, 115",
        "cuhk03-detected, 7365, 767, 115"
    })
    void everyFileIsTheArticlesRecipe(String name, int images, int classes, int iterations) {
        Recipe recipe = ArticleRecipes.named(name);
        assertThat(recipe.p()).isEqualTo(16);
        assertThat(recipe.k()).isEqualTo(4);
        assertThat(recipe.sampling().epochLength()).isEqualTo(EpochLength.FULL_PASS);
        assertThat(recipe.epochs()).isEqualTo(80);
        assertThat(recipe.iterations()).isNull();
        assertThat(recipe.optimizer().kind()).isEqualTo(OptimizerSettings.Kind.SGD);
        assertThat(recipe.optimizer().momentum()).isEqualTo(0.9);
        assertThat(recipe.optimizer().weightDecay()).isEqualTo(5e-4);
        int steps = images / recipe.batchSize();
        assertThat(steps).isEqualTo(iterations);
        int all = recipe.totalIterations(steps);
        assertThat(recipe.schedule().at(40L * steps - 1, steps, all)).isEqualTo(0.01);
        assertThat(recipe.schedule().at(40L * steps, steps, all)).isCloseTo(1e-3, within(1e-12));
        assertThat(recipe.schedule().at(60L * steps, steps, all)).isCloseTo(1e-4, within(1e-12));
        assertThat(recipe.sampling().augment()).containsExactly("flip");
        assertThat(recipe.losses().margin()).isEqualTo(1.2);
        assertThat(recipe.losses().softmaxWeight()).isEqualTo(1);
        assertThat(recipe.losses().tripletWeight()).isEqualTo(1);
        assertThat(recipe.network().input()).isEqualTo(new InputSize(384, 128));
        assertThat(recipe.network().spec(classes)).isEqualTo(MgnSpec.mgn(classes));
        assertThat(recipe.toBuilder().network(NetworkSettings.MGN).build()).isEqualTo(Recipe.market1501());
    }

    @ParameterizedTest
    @CsvSource({"dukemtmc, 258, 20640", "cuhk03-labeled, 115, 9200", "cuhk03-detected, 115, 9200"})
    void theCommentsSayWhatAnEpochIs(String name, int iterations, int all) {
        assertThat(ArticleRecipes.text(name))
                .contains("full passes over the images: " + iterations + " iterations each, " + all + " in 80 epochs");
        assertThat(ArticleRecipes.named(name).totalIterations(iterations)).isEqualTo(all);
    }

    @Test
    void everyFileNamesEverySetting() {
        List<String> settings =
                RecipeYaml.format(ArticleRecipes.named("market1501")).lines().toList();
        for (String name : ArticleRecipes.names()) {
            List<String> written = ArticleRecipes.text(name).lines().toList();
            for (String setting : settings) {
                String key = setting.substring(0, setting.indexOf(':') + 1);
                assertThat(written).as(name).anyMatch(line -> line.startsWith(key));
            }
        }
    }

    @Test
    void aFileGoesBeforeAName(@TempDir Path folder) throws IOException {
        assertThat(ArticleRecipes.read(Path.of("dukemtmc"))).isEqualTo(ArticleRecipes.named("dukemtmc"));
        assertThat(ArticleRecipes.read(Path.of("dukemtmc.yaml"))).isEqualTo(ArticleRecipes.named("dukemtmc"));
        Path own = Files.writeString(folder.resolve("dukemtmc.yaml"), "p: 8\n");
        assertThat(ArticleRecipes.read(own).p()).isEqualTo(8);
        Path none = folder.resolve("market1501.yaml");
        assertThatThrownBy(() -> ArticleRecipes.read(none))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(none
                        + ": no such recipe; a file or one of market1501, dukemtmc, cuhk03-labeled, cuhk03-detected"
                        + " expected");
        assertThatThrownBy(() -> ArticleRecipes.named("duke"))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith("unknown recipe 'duke'; there are market1501, dukemtmc,");
    }
}
