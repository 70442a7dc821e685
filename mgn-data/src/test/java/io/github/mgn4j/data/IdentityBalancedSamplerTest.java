package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.image.ReidImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IdentityBalancedSamplerTest {
    /** Images of identities that have 1 to {@code most} of them, in no order. */
    private static List<ReidImage> images(int identities, int most, SplittableRandom random) {
        List<ReidImage> images = new ArrayList<>();
        for (int id = 0; id < identities; id++) {
            int count = 1 + random.nextInt(most);
            for (int i = 0; i < count; i++) {
                images.add(new ReidImage(Path.of(id + "-" + i), 3 + 2 * id, 1));
            }
        }
        int[] order = Seeds.permutation(images.size(), random);
        return IntStream.of(order).mapToObj(images::get).toList();
    }

    /** P identities, K images each, over any P, K and images; each different where the identity has enough. */
    @Test
    void everyBatchIsBalanced() {
        for (int round = 0; round < 200; round++) {
            SplittableRandom random = new SplittableRandom(round);
            int identities = 1 + random.nextInt(20);
            List<ReidImage> images = images(identities, 9, random);
            int p = 1 + random.nextInt(identities);
            int k = 1 + random.nextInt(6);
            EpochLength length = round % 2 == 0 ? EpochLength.FULL_PASS : EpochLength.K_PER_IDENTITY;
            IdentityBalancedSampler sampler =
                    new IdentityBalancedSampler(IdentityIndex.of(images), p, k, length, round);
            Map<Integer, Integer> counts = new HashMap<>();
            images.forEach(image -> counts.merge(image.pid(), 1, Integer::sum));
            int expected = length == EpochLength.FULL_PASS
                    ? Math.max(1, images.size() / (p * k))
                    : (int) Math.ceil(identities / (double) p);
            assertThat(sampler.iterationsPerEpoch()).isEqualTo(expected);
            for (int epoch = 0; epoch < 2; epoch++) {
                for (int position = 0; position < expected; position++) {
                    int[] batch = sampler.batch(epoch, position);
                    assertThat(batch).hasSize(p * k);
                    Set<Integer> pids = new HashSet<>();
                    for (int i = 0; i < p; i++) {
                        int[] group = Arrays.copyOfRange(batch, i * k, (i + 1) * k);
                        int pid = images.get(group[0]).pid();
                        assertThat(pids.add(pid)).isTrue();
                        assertThat(IntStream.of(group)
                                        .allMatch(image -> images.get(image).pid() == pid))
                                .isTrue();
                        int different = (int) IntStream.of(group).distinct().count();
                        assertThat(different).isEqualTo(Math.min(k, counts.getOrDefault(pid, 0)));
                    }
                }
            }
        }
    }

    @Test
    void marketsTwoEpochs() {
        List<ReidImage> images = new ArrayList<>();
        for (int i = 0; i < 12_936; i++) {
            images.add(new ReidImage(Path.of("x"), 1 + i % 751, 1));
        }
        IdentityIndex index = IdentityIndex.of(images);
        assertThat(new IdentityBalancedSampler(index, 16, 4, EpochLength.FULL_PASS, 1).iterationsPerEpoch())
                .isEqualTo(202);
        assertThat(new IdentityBalancedSampler(index, 16, 4, EpochLength.K_PER_IDENTITY, 1).iterationsPerEpoch())
                .isEqualTo(47);
    }

    @Test
    void aBatchIsAFunctionOfSeedEpochAndPosition() {
        List<ReidImage> images = images(11, 7, new SplittableRandom(5));
        IdentityIndex index = IdentityIndex.of(images);
        IdentityBalancedSampler one = new IdentityBalancedSampler(index, 3, 2, EpochLength.FULL_PASS, 9);
        List<int[]> forward = new ArrayList<>();
        for (int i = 0; i < 3 * one.iterationsPerEpoch(); i++) {
            forward.add(one.batch(i / one.iterationsPerEpoch(), i % one.iterationsPerEpoch()));
        }
        IdentityBalancedSampler two = new IdentityBalancedSampler(index, 3, 2, EpochLength.FULL_PASS, 9);
        for (int i = forward.size() - 1; i >= 0; i--) {
            assertThat(two.batch(i / two.iterationsPerEpoch(), i % two.iterationsPerEpoch()))
                    .isEqualTo(forward.get(i));
        }
        IdentityBalancedSampler other = new IdentityBalancedSampler(index, 3, 2, EpochLength.FULL_PASS, 10);
        assertThat(other.batch(0, 0)).isNotEqualTo(forward.get(0));
        assertThat(forward.stream().map(Arrays::toString).distinct()).hasSize(forward.size());
    }

    @Test
    void everyIdentityHasItsTurnAndEveryImageIsSeen() {
        List<ReidImage> images = images(10, 8, new SplittableRandom(2));
        IdentityIndex index = IdentityIndex.of(images);
        IdentityBalancedSampler sampler = new IdentityBalancedSampler(index, 4, 2, EpochLength.K_PER_IDENTITY, 1);
        Set<Integer> seen = new HashSet<>();
        for (int epoch = 0; epoch < 40; epoch++) {
            Set<Integer> labels = new HashSet<>();
            for (int position = 0; position < sampler.iterationsPerEpoch(); position++) {
                for (int image : sampler.batch(epoch, position)) {
                    labels.add(index.label(image));
                    seen.add(image);
                }
            }
            assertThat(labels).hasSize(10);
        }
        assertThat(seen).hasSize(images.size());
    }

    @Test
    void imagesAreDrawnEvenly() {
        List<ReidImage> images = new ArrayList<>();
        for (int i = 0; i < 4 * 8; i++) {
            images.add(new ReidImage(Path.of("x"), 1 + i % 4, 1));
        }
        IdentityBalancedSampler sampler =
                new IdentityBalancedSampler(IdentityIndex.of(images), 2, 4, EpochLength.FULL_PASS, 3);
        int[] drawn = new int[images.size()];
        for (int position = 0; position < sampler.iterationsPerEpoch(); position++) {
            for (int image : sampler.batch(0, position)) {
                drawn[image]++;
            }
        }
        assertThat(drawn).containsOnly(1);
    }

    @Test
    void classesAreAscendingPids() {
        List<ReidImage> images = List.of(
                new ReidImage(Path.of("a"), 7, 1),
                new ReidImage(Path.of("b"), 2, 1),
                new ReidImage(Path.of("c"), 7, 2));
        IdentityIndex index = IdentityIndex.of(images);
        assertThat(index.classes()).isEqualTo(2);
        assertThat(index.label(0)).isEqualTo(1);
        assertThat(index.label(1)).isZero();
        assertThat(index.pid(1)).isEqualTo(7);
        assertThat(index.count(1)).isEqualTo(2);
        assertThatThrownBy(() -> IdentityIndex.of(List.of())).isInstanceOf(DatasetException.class);
    }

    @Test
    void impossibleBatchesAreRefused() {
        IdentityIndex index = IdentityIndex.of(images(5, 3, new SplittableRandom(1)));
        assertThatThrownBy(() -> new IdentityBalancedSampler(index, 6, 4, EpochLength.FULL_PASS, 1))
                .isInstanceOf(DatasetException.class)
                .hasMessage("P is 6 identities per batch, but the training images show only 5");
        assertThatThrownBy(() -> new IdentityBalancedSampler(index, 0, 4, EpochLength.FULL_PASS, 1))
                .isInstanceOf(DatasetException.class);
        assertThatThrownBy(() -> new IdentityBalancedSampler(index, 2, 0, EpochLength.FULL_PASS, 1))
                .isInstanceOf(DatasetException.class);
        IdentityBalancedSampler sampler = new IdentityBalancedSampler(index, 5, 1, EpochLength.K_PER_IDENTITY, 1);
        assertThatThrownBy(() -> sampler.batch(0, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
