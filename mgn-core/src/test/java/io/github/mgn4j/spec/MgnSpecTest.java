package io.github.mgn4j.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.fixtures.RandomSpecs;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MgnSpecTest {
    @Test
    void featuresOfThePapersNetworkAreGlobalsThenStripes() {
        MgnSpec spec = MgnSpec.mgn(751);
        assertThat(names(spec)).containsExactly("g1", "g2", "g3", "p2_0", "p2_1", "p3_0", "p3_1", "p3_2");
        assertThat(spec.featureLength()).isEqualTo(2048);
        assertThat(spec.features()).allSatisfy(f -> assertThat(f.dims()).isEqualTo(256));
        assertThat(spec.localFeatures().get(3)).isEqualTo(new LocalFeature("p3_1", 2, 256, 3, 1));
        assertThat(spec.globalFeatures().get(2)).isEqualTo(new GlobalFeature("g3", 2, 256));
    }

    @Test
    void aRepeatedGranularityIsNamedByItsBranch() {
        MgnSpec spec = MgnSpec.builder()
                .branches(Branch.part(2).withoutGlobal(), Branch.part(2, 3), Branch.globalOnly())
                .build();
        assertThat(names(spec))
                .containsExactly("g2", "g3", "b1_p2_0", "b1_p2_1", "b2_p2_0", "b2_p2_1", "p3_0", "p3_1", "p3_2");
    }

    @Test
    void withoutReductionAFeatureIsThePooledVector() {
        MgnSpec spec = Presets.named("resnet50", 10);
        assertThat(names(spec)).containsExactly("g1");
        assertThat(spec.featureLength()).isEqualTo(2048);
        assertThat(spec.classifierLength(spec.features().get(0))).isEqualTo(2048);
        assertThat(NetworkSummary.of(spec).parameters()).noneMatch(p -> p.name().startsWith("reductions."));
    }

    @Test
    void theClassifiersPositionMovesTheGlobalOnesOnly() {
        MgnSpec before = MgnSpec.mgn(751);
        MgnSpec after = before.toBuilder()
                .globalClassifier(ClassifierPosition.AFTER_REDUCTION)
                .build();
        assertThat(before.features().stream().map(before::classifierLength))
                .containsExactly(2048, 2048, 2048, 256, 256, 256, 256, 256);
        assertThat(after.features().stream().map(after::classifierLength)).containsOnly(256);
    }

    @Test
    void presetsAreThoseOfThePapersTables() {
        assertThat(Presets.all().keySet())
                .containsExactly("mgn", "resnet50", "resnet101", "global", "part-2", "part-3");
        assertThat(Presets.named("mgn", 7)).isEqualTo(MgnSpec.mgn(7));
        assertThat(Presets.named("resnet101", 7).backbone()).isEqualTo(Backbone.resnet(101));
        assertThat(names(Presets.named("global", 7))).containsExactly("g1");
        assertThat(names(Presets.named("part-3", 7))).containsExactly("g1", "p3_0", "p3_1", "p3_2");
        assertThatThrownBy(() -> Presets.named("mgn2", 7))
                .isInstanceOf(SpecException.class)
                .hasMessage("unknown preset 'mgn2'; there are mgn, resnet50, resnet101, global, part-2, part-3");
    }

    @Test
    void anySpecIsEqualToItsCopy() {
        Random random = new Random(2);
        for (int i = 0; i < 200; i++) {
            MgnSpec spec = RandomSpecs.next(random);
            assertThat(spec.toBuilder().build()).isEqualTo(spec).hasSameHashCodeAs(spec);
            assertThat(names(spec)).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 17, 49, 153, -50})
    void otherDepthsAreRefused(int depth) {
        assertRefused(() -> Backbone.resnet(depth), "backbone depth must be 18, 34, 50, 101 or 152, not " + depth);
    }

    @Test
    void variantsThatContradictTheNetworkAreRefused() {
        MgnSpecBuilder plain = MgnSpec.builder().embedding(0);
        assertRefused(
                () -> MgnSpec.builder().variants(Variant.BN_NECK).build(),
                "variant bn_neck puts the classifiers behind the reduction, so their position must be after_reduction");
        assertRefused(
                () -> plain.variants(Variant.LINEAR_REDUCTION).build(),
                "variant linear_reduction needs a reduction (an embedding above 0)");
        assertRefused(
                () -> plain.variants(Variant.POOLED_FEATURE).build(),
                "variant pooled_feature needs a reduction (an embedding above 0) or a neck behind the pooled vector");
        assertRefused(
                () -> MgnSpec.builder()
                        .backbone(18)
                        .variants(Variant.EARLY_STRIDE)
                        .build(),
                "variant early_stride moves the stride of bottlenecks, and ResNet-18 has none");
        assertRefused(
                () -> MgnSpec.builder()
                        .variants(Variant.UNIT_FEATURE, Variant.UNIT_PARTS)
                        .build(),
                "variants unit_parts and unit_feature exclude each other");
        assertRefused(
                () -> new Backbone(18, 1).withInnerRatio(2),
                "backbone inner ratio must be 1, or 2 in a network of bottlenecks, not 2");
        assertRefused(() -> Backbone.resnet(50).withEpsilon(0), "backbone epsilon must be 1e-12 to 0.1, not 0.0");
    }

    @Test
    void aPooledFeatureHasTheLengthOfTheMapAndItsClassifierThatOfTheReduction() {
        MgnSpec pcb = MgnSpec.builder()
                .branches(Branch.part(6).withoutGlobal())
                .variants(Variant.POOLED_FEATURE)
                .build();
        assertThat(pcb.featureLength()).isEqualTo(6 * 2048);
        assertThat(pcb.classifierLength(pcb.features().get(0))).isEqualTo(256);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 0.001, 8.5, Double.NaN, Double.POSITIVE_INFINITY})
    void otherWidthsAreRefused(double width) {
        assertRefused(
                () -> new Backbone(50, width),
                "backbone width multiplier must be above 0 (at least one channel) and at most 8, not " + width);
    }

    @Test
    void inputsThatAreTooSmallOrLargeAreRefused() {
        assertRefused(() -> new InputSize(31, 128), "input height and width must be 32 to 4096 pixels, not 31x128");
        assertRefused(() -> new InputSize(384, 4097), "input height and width must be 32 to 4096 pixels, not 384x4097");
    }

    @Test
    void splitsOutsideTheBackboneAreRefused() {
        assertRefused(() -> new SplitPoint(0, 1), "split stage must be 1 to 4, not 0");
        assertRefused(() -> new SplitPoint(5, 1), "split stage must be 1 to 4, not 5");
        assertRefused(() -> new SplitPoint(3, 0), "split blocks must be at least 1, not 0");
        assertRefused(
                () -> MgnSpec.builder().splitAfter(3, 7).build(),
                "the split is after block 7 of stage 3, which has only 6 blocks in ResNet-50");
        assertThat(MgnSpec.builder().backbone(101).splitAfter(3, 7).build().split())
                .isEqualTo(new SplitPoint(3, 7));
    }

    @Test
    void aSharedStageCannotKeepItsResolution() {
        Branch third = new Branch(true, List.of(), new TreeSet<>(List.of(3)));
        assertRefused(
                () -> MgnSpec.builder().branches(Branch.globalOnly(), third).build(),
                "branch 2: only a stage whose first block is its own can keep its resolution"
                        + " (stages 4 to 4 after this split), not stage 3");
        assertThat(MgnSpec.builder().splitAfter(2, 4).branches(third).build().branches())
                .containsExactly(third);
        Branch fifth = new Branch(true, List.of(), new TreeSet<>(List.of(5)));
        assertRefused(
                () -> MgnSpec.builder().branches(fifth).build(),
                "branch 1: only a stage whose first block is its own can keep its resolution"
                        + " (stages 4 to 4 after this split), not stage 5");
    }

    @Test
    void stripesMustDivideTheRowsOfTheMap() {
        assertRefused(
                () -> MgnSpec.builder().branches(Branch.part(5)).build(),
                "branch 1: its map is 24 rows high for an input height of 384, which 5 stripes do not divide");
        Branch coarse = new Branch(true, List.of(8), Collections.emptySortedSet());
        assertRefused(
                () -> MgnSpec.builder().branches(Branch.part(8), coarse).build(),
                "branch 2: its map is 12 rows high for an input height of 384, which 8 stripes do not divide");
        assertRefused(
                () -> MgnSpec.builder().input(32, 32).branches(Branch.part(3)).build(),
                "branch 1: its map is 2 rows high for an input height of 32, which 3 stripes do not divide");
    }

    @Test
    void branchesWithoutSenseAreRefused() {
        assertRefused(
                () -> Branch.globalOnly().withoutGlobal(), "a branch needs a feature: a global one, stripes, or both");
        assertRefused(
                () -> Branch.part(1),
                "a stripe count must be at least 2, not 1 (a single stripe is the global feature)");
        assertRefused(
                () -> Branch.part(0),
                "a stripe count must be at least 2, not 0 (a single stripe is the global feature)");
        assertRefused(() -> Branch.part(2, 3, 2), "a branch names each stripe count once, not [2, 3, 2]");
        assertRefused(() -> MgnSpec.builder().branches(List.of()).build(), "a network needs 1 to 16 branches, not 0");
        assertRefused(
                () -> MgnSpec.builder()
                        .branches(Collections.nCopies(17, Branch.globalOnly()))
                        .build(),
                "a network needs 1 to 16 branches, not 17");
    }

    @Test
    void headsWithoutSenseAreRefused() {
        assertRefused(
                () -> MgnSpec.builder().embedding(-1).build(),
                "embedding width must be 0 (no reduction) to 65536, not -1");
        assertRefused(
                () -> MgnSpec.builder().embedding(65537).build(),
                "embedding width must be 0 (no reduction) to 65536, not 65537");
        assertRefused(() -> MgnSpec.mgn(0), "classes must be 1 to 16777216, not 0");
        assertRefused(() -> MgnSpec.mgn(Integer.MAX_VALUE), "classes must be 1 to 16777216, not 2147483647");
    }

    private static List<String> names(MgnSpec spec) {
        return spec.features().stream().map(FeaturePart::name).toList();
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(SpecException.class).hasMessage(message);
    }
}
