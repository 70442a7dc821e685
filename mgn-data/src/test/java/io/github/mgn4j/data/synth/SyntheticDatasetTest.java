package io.github.mgn4j.data.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.data.DatasetException;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.PersonMask;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.internal.io.FolderLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticDatasetTest {
    private static final SynthOptions SMALL = new SynthOptions(3, 2, 2, 32, 64, 5);

    @TempDir
    Path root;

    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(
                        folder.relativize(file).toString(),
                        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    private Path write(String name, SynthOptions options) throws IOException {
        Path out = root.resolve(name);
        SyntheticDataset.write(options, out, false, (done, total) -> {});
        return out;
    }

    @Test
    void sameSeedSameBytes() throws IOException {
        Map<String, String> one = contents(write("one", SMALL));
        assertThat(contents(write("two", SMALL))).isEqualTo(one);
        Map<String, String> other = contents(write("other", SMALL.withSeed(6)));
        assertThat(other.keySet()).isEqualTo(one.keySet());
        assertThat(other.values()).doesNotContainAnyElementsOf(one.values());
    }

    @Test
    void masksLeaveTheImagesAsTheyAre() throws IOException {
        Map<String, String> plain = contents(write("plain", SMALL));
        Path folder = write("masks", SMALL.withMasks(true));
        Map<String, String> all = contents(folder);
        Set<String> names = new HashSet<>(plain.keySet());
        plain.keySet().forEach(name -> names.add("masks/" + name.replace(".jpg", ".png")));
        assertThat(all.keySet()).isEqualTo(names);
        assertThat(all).containsAllEntriesOf(plain);
        assertThat(contents(write("again", SMALL.withMasks(true)))).isEqualTo(all);

        ReidDataset data = DatasetFormats.read(folder);
        assertThat(data.train()).hasSize(3 * 2 * 2);
        assertThat(data.gallery()).noneMatch(image -> image.name().endsWith(".png"));
        SyntheticMasks masks = SyntheticMasks.of(folder).orElseThrow();
        for (ReidImage image : Stream.of(data.train(), data.query(), data.gallery())
                .flatMap(List::stream)
                .toList()) {
            PersonMask mask = masks.read(image);
            assertThat(mask.width()).isEqualTo(32);
            assertThat(mask.height()).isEqualTo(64);
            if (image.isPerson()) {
                assertThat(mask.area()).as(image.name()).isBetween(0.04, 0.8);
            }
        }
        assertThat(SyntheticMasks.of(root.resolve("plain"))).isEmpty();
    }

    /** They would be those of other images. */
    @Test
    void masksOfReplacedImagesAreRemoved() throws IOException {
        Path folder = write("data", SMALL.withMasks(true));
        SyntheticDataset.write(SMALL.withSeed(9), folder, true, (done, total) -> {});
        assertThat(SyntheticMasks.of(folder)).isEmpty();
        SyntheticDataset.write(SMALL.withMasks(true), folder, true, (done, total) -> {});
        assertThat(contents(folder)).isEqualTo(contents(write("fresh", SMALL.withMasks(true))));
    }

    /** Most people are seen from head to foot; a false detection shows none. */
    @Test
    void aMaskIsWhereThePersonIs() {
        SynthOptions options = new SynthOptions(20, 2, 2, 64, 128, 3);
        ShotPainter painter = new ShotPainter(options);
        int seen = 0;
        for (Shot shot : new ShotList(options)) {
            boolean[] mask = painter.mask(shot);
            int[] rows = IntStream.range(0, 128)
                    .filter(y -> IntStream.range(0, 64).anyMatch(x -> mask[y * 64 + x]))
                    .toArray();
            if (shot.kind() == Shot.Kind.NOBODY) {
                assertThat(rows).as(shot.name()).isEmpty();
            } else {
                assertThat(rows).as(shot.name()).isNotEmpty();
                seen += rows[rows.length - 1] - rows[0] > 100 ? 1 : 0;
            }
        }
        assertThat(seen).as("people from head to foot").isGreaterThan(options.ids() * 2 * 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void sameBytesWhateverTheThreads(int threads) throws IOException {
        Path out = root.resolve("threads");
        SyntheticDataset.write(SMALL, out, false, threads, (done, total) -> {});
        assertThat(contents(out)).isEqualTo(contents(write("default", SMALL)));
    }

    /** Every shot of the list once, and no file twice, for any options. */
    @ParameterizedTest
    @CsvSource({"1,2,1", "3,2,2", "7,5,3", "40,3,1"})
    void noTwoShotsAreTheSame(int ids, int cameras, int images) {
        ShotList shots = new ShotList(new SynthOptions(ids, cameras, images, 64, 128, 1));
        assertThat(shots)
                .hasSize(ids * cameras * (2 * images + 1)
                        + Math.max(2, ids * cameras * images / 5)
                        + Math.max(1, ids * cameras * images / 20));
        assertThat(shots.stream().map(shot -> shot.folder() + shot.name()).distinct())
                .hasSameSizeAs(shots);
        assertThat(shots.stream()
                        .map(shot -> List.of(shot.kind().name().hashCode(), shot.who(), shot.camera(), shot.take()))
                        .distinct())
                .hasSameSizeAs(shots);
        assertThat(shots)
                .filteredOn(shot -> shot.folder().equals(ShotList.QUERY))
                .hasSize(ids * cameras);
    }

    @Test
    void theLayoutIsMarkets() throws IOException {
        SynthOptions options = new SynthOptions(4, 3, 2, 24, 48, 1);
        ReidDataset data = DatasetFormats.read(write("data", options));
        assertThat(data.name()).isEqualTo("market1501");
        assertThat(pids(data.train())).containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(pids(data.query())).containsExactlyInAnyOrder(5, 6, 7, 8);
        assertThat(pids(data.gallery())).containsExactlyInAnyOrder(-1, 0, 5, 6, 7, 8);
        assertThat(data.train()).hasSize(4 * 3 * 2);
        for (int pid = 1; pid <= 4; pid++) {
            for (int camera = 1; camera <= 3; camera++) {
                ReidImage wanted = new ReidImage(Path.of("x"), pid, camera);
                assertThat(data.train().stream()
                                .filter(image -> image.pid() == wanted.pid() && image.camid() == wanted.camid()))
                        .hasSize(2);
            }
        }
        for (ReidImage query : data.query()) {
            assertThat(data.gallery()).anyMatch(image -> image.pid() == query.pid() && image.camid() != query.camid());
        }
    }

    private static Set<Integer> pids(List<ReidImage> images) {
        return images.stream().map(ReidImage::pid).collect(Collectors.toSet());
    }

    @Test
    void noTwoImagesAreTheSame() throws IOException {
        ReidDataset data = DatasetFormats.read(write("data", new SynthOptions(6, 2, 3, 16, 32, 2)));
        Set<RgbImage> seen = new HashSet<>();
        List<ReidImage> all = new ArrayList<>(data.train());
        all.addAll(data.query());
        all.addAll(data.gallery());
        for (ReidImage image : all) {
            RgbImage decoded = ImageDecoder.decode(image.path());
            assertThat(decoded.width()).isEqualTo(16);
            assertThat(decoded.height()).isEqualTo(32);
            assertThat(seen.add(decoded)).as(image.path().toString()).isTrue();
        }
    }

    @Test
    void theSmallestDataSetCanBeEvaluated() throws IOException {
        ReidDataset data = DatasetFormats.read(write("data", new SynthOptions(1, 2, 1, 16, 32, 3)));
        assertThat(data.train()).hasSize(2);
        assertThat(data.query()).hasSize(2);
        assertThat(pids(data.gallery())).containsExactlyInAnyOrder(-1, 0, 2);
    }

    /** Under one camera, averaged over poses and places, people look like themselves: there is something to learn. */
    @Test
    void identitiesCanBeSeen() {
        SynthOptions options = new SynthOptions(8, 2, 1, 32, 64, 9);
        ShotPainter painter = new ShotPainter(options);
        List<double[]> means = new ArrayList<>();
        for (int person = 1; person <= 8; person++) {
            for (int half = 0; half < 2; half++) {
                double[] mean = new double[32 * 64 * 3];
                for (int take = 1; take <= 14; take++) {
                    byte[] rgb = painter.paint(new Shot("", "", Shot.Kind.PERSON, person, 1, 100 * half + take))
                            .rgb();
                    IntStream.range(0, mean.length).forEach(i -> mean[i] += rgb[i] & 0xff);
                }
                means.add(mean);
            }
        }
        int right = 0; // one in eight by chance
        for (int person = 0; person < 8; person++) {
            double own = distance(means.get(2 * person), means.get(2 * person + 1));
            int nearer = 0;
            for (int other = 0; other < 8; other++) {
                nearer += distance(means.get(2 * person), means.get(2 * other + 1)) < own ? 1 : 0;
            }
            right += nearer == 0 ? 1 : 0;
        }
        assertThat(right).isGreaterThanOrEqualTo(6);
    }

    /** Groups of three in training and in test, the last of each smaller: the same clothes, other details. */
    @Test
    void peopleWhoAreAlikeDifferInDetails() {
        SynthOptions options = new SynthOptions(8, 2, 1, 32, 64, 9);
        ShotPainter plain = new ShotPainter(options);
        ShotPainter alike = new ShotPainter(options.withAlike(3));
        int[] firsts = {1, 1, 1, 4, 4, 4, 7, 7, 9, 9, 9, 12, 12, 12, 15, 15};
        for (int who = 1; who <= 16; who++) {
            Person first = alike.person(firsts[who - 1]);
            Person person = alike.person(who);
            assertThat(first).isEqualTo(plain.person(firsts[who - 1]));
            assertThat(List.of(person.top(), person.topColour(), person.pattern(), person.bottomColour()))
                    .as("person %d", who)
                    .isEqualTo(List.of(first.top(), first.topColour(), first.pattern(), first.bottomColour()));
            if (who != firsts[who - 1]) {
                assertThat(details(person)).isNotEqualTo(details(first));
            }
        }
    }

    private static List<Object> details(Person person) {
        return List.of(person.hair(), person.hairColour(), person.shoeColour(), person.bag(), person.logo());
    }

    /** Boxes and objects in front are rolled for each image: a share of the images differs from that with a share of 0. */
    @ParameterizedTest
    @CsvSource({"0.22", "0.5", "1"})
    void sharesAreThoseOfTheImages(double share) {
        SynthOptions none =
                new SynthOptions(40, 2, 2, 16, 32, 4).withMiscropped(0).withOccluded(0);
        assertThat(changed(none, none)).isZero();
        assertThat(changed(none, none.withMiscropped(share))).isBetween(share - 0.07, share + 0.01);
        assertThat(changed(none, none.withOccluded(share))).isBetween(share - 0.07, share + 0.07);
    }

    private static double changed(SynthOptions one, SynthOptions other) {
        ShotPainter a = new ShotPainter(one);
        ShotPainter b = new ShotPainter(other);
        List<Shot> people = new ShotList(one)
                .stream().filter(shot -> shot.kind() == Shot.Kind.PERSON).toList();
        long changed = people.stream()
                .filter(shot -> !a.paint(shot).equals(b.paint(shot)))
                .count();
        return (double) changed / people.size();
    }

    @Test
    void withoutMiscroppedBoxesPeopleAreSeenFromHeadToFoot() {
        SynthOptions options =
                new SynthOptions(20, 2, 2, 64, 128, 3).withMiscropped(0).withOccluded(0);
        assertThat(new ShotList(options))
                .filteredOn(shot -> shot.kind() == Shot.Kind.PERSON)
                .allSatisfy(shot ->
                        assertThat(tall(new ShotPainter(options).mask(shot))).isGreaterThan(95));
        SynthOptions cut = options.withMiscropped(1);
        assertThat(new ShotList(cut))
                .filteredOn(shot -> shot.kind() == Shot.Kind.PERSON)
                .filteredOn(shot -> tall(new ShotPainter(cut).mask(shot)) < 95)
                .as("the legs alone are 8 of 22")
                .hasSizeGreaterThan(20 * 2 * 5 / 4);
    }

    private static int tall(boolean[] mask) {
        int[] rows = IntStream.range(0, 128)
                .filter(y -> IntStream.range(0, 64).anyMatch(x -> mask[y * 64 + x]))
                .toArray();
        return rows.length == 0 ? 0 : rows[rows.length - 1] - rows[0];
    }

    /** What is left and right of people does not tell who they are: the nearest image of another camera is as by chance. */
    @Test
    void backgroundsGiveNobodyAway() {
        SynthOptions options = new SynthOptions(10, 3, 4, 64, 128, 2).withOccluded(0);
        ShotPainter painter = new ShotPainter(options);
        List<Shot> shots = new ShotList(options)
                .stream()
                        .filter(shot -> shot.kind() == Shot.Kind.PERSON && shot.who() <= 10)
                        .toList();
        List<double[]> margins =
                shots.stream().map(shot -> margins(painter.paint(shot))).toList();
        int own = 0;
        for (int i = 0; i < shots.size(); i++) {
            int nearest = -1;
            for (int j = 0; j < shots.size(); j++) {
                if (shots.get(i).camera() != shots.get(j).camera()
                        && (nearest < 0
                                || distance(margins.get(i), margins.get(j))
                                        < distance(margins.get(i), margins.get(nearest)))) {
                    nearest = j;
                }
            }
            own += shots.get(i).who() == shots.get(nearest).who() ? 1 : 0;
        }
        // By chance 12 of 120, with a standard deviation of 3.3.
        assertThat(own).isLessThan(23);
    }

    private static double[] margins(RgbImage image) {
        return IntStream.range(0, 128 * 64 * 3)
                .filter(i -> i / 3 % 64 < 6 || i / 3 % 64 >= 58)
                .mapToDouble(i -> image.rgb()[i] & 0xff)
                .toArray();
    }

    private static double distance(double[] a, double[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> (a[i] - b[i]) * (a[i] - b[i]))
                .sum();
    }

    @Test
    void aFolderInUseIsRefused() throws IOException {
        Path out = root.resolve("data");
        Files.createDirectory(out);
        Files.writeString(out.resolve("diary.txt"), "mine");
        assertThatThrownBy(() -> SyntheticDataset.write(SMALL, out, false, (done, total) -> {}))
                .isInstanceOf(DatasetException.class)
                .hasMessage(out + ": the folder is not empty");
        assertThat(contents(out)).hasSize(1);
        SyntheticDataset.write(SMALL, out, true, (done, total) -> {});
        SyntheticDataset.write(SMALL.withImages(1), out, true, (done, total) -> {});
        Map<String, String> replaced = contents(out);
        assertThat(replaced.remove("diary.txt")).isEqualTo("mine");
        assertThat(replaced).isEqualTo(contents(write("fresh", SMALL.withImages(1))));
        assertThatThrownBy(() -> SyntheticDataset.write(SMALL, out.resolve("diary.txt"), true, (done, total) -> {}))
                .isInstanceOf(DatasetException.class);
    }

    @Test
    void anEmptyFolderIsFilled() throws IOException {
        Path out = Files.createDirectory(root.resolve("data"));
        SyntheticDataset.write(SMALL, out, false, (done, total) -> {});
        try (Stream<Path> entries = Files.list(out)) {
            assertThat(entries.map(path -> String.valueOf(path.getFileName())))
                    .containsExactlyInAnyOrder("bounding_box_train", "query", "bounding_box_test");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "deep/down/data", "present"})
    void aFailureLeavesNothingBehind(String name) throws IOException {
        Files.createDirectory(root.resolve("present"));
        assertThatThrownBy(() -> SyntheticDataset.write(SMALL, root.resolve(name), false, (done, total) -> {
                    if (done == 5) {
                        throw new IllegalStateException("enough");
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("enough");
        try (Stream<Path> entries = Files.walk(root)) {
            assertThat(entries).containsExactlyInAnyOrder(root, root.resolve("present"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAKilledProcessLeftIsRemovedAndWhatOneIsWritingStays(boolean exists) throws IOException {
        Path out = root.resolve("data");
        Path above = exists ? Files.createDirectory(out) : root;
        Path killed = above.resolve(".synth-12ab.part");
        Files.createDirectories(killed.resolve("new/query"));
        Files.writeString(killed.resolve("new/query/0001_c1s1_000001_01.jpg"), "half");
        Path living = Files.createDirectory(above.resolve(".synth-34cd.part"));
        try (FolderLock lock = FolderLock.acquire(living)) {
            SyntheticDataset.write(SMALL, out, false, (done, total) -> {});
            assertThat(lock.isHeld()).isTrue();
        }
        assertThat(killed).doesNotExist();
        assertThat(living).exists();
    }

    @Test
    void theFasterOfTwoProcessesKeepsItsData() {
        Path out = root.resolve("data");
        assertThatThrownBy(() -> SyntheticDataset.write(SMALL, out, false, (done, total) -> {
                    if (done == total) {
                        try {
                            SyntheticDataset.write(SMALL.withImages(1), out, false, (d, t) -> {});
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                }))
                .isInstanceOf(DatasetException.class)
                .hasMessage(out + ": the folder is not empty");
        assertThat(out.resolve("query")).isNotEmptyDirectory();
        assertThat(root).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void progressCountsToTheEnd() throws IOException {
        List<Integer> counts = new ArrayList<>();
        List<Integer> totals = new ArrayList<>();
        SyntheticDataset.write(SMALL, root.resolve("data"), false, (done, total) -> {
            counts.add(done);
            totals.add(total);
        });
        int files = contents(root.resolve("data")).size();
        assertThat(counts).isEqualTo(IntStream.rangeClosed(1, files).boxed().toList());
        assertThat(totals).containsOnly(files);
    }

    @ParameterizedTest
    @CsvSource({
        "0,2,1,64,128,ids",
        "-1,2,1,64,128,ids",
        "1,1,1,64,128,cameras",
        "1,2,0,64,128,images",
        "1,2,1,8,128,width",
        "1,2,1,64,5000,height",
        "1000000,100,100,64,128,20000000"
    })
    void impossibleOptionsAreRefused(int ids, int cameras, int images, int width, int height, String named) {
        assertThatThrownBy(() -> new SynthOptions(ids, cameras, images, width, height, 1))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(named);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void impossibleSharesAreRefused(double share) {
        assertThatThrownBy(() -> SMALL.withMiscropped(share))
                .isInstanceOf(DatasetException.class)
                .hasMessage("synthetic data set: miscropped must be 0 to 1, not " + share);
        assertThatThrownBy(() -> SMALL.withOccluded(share)).hasMessageContaining("occluded must be");
        assertThatThrownBy(() -> SMALL.withAlike(0)).hasMessageContaining("alike must be 1 to");
    }

    @Test
    void theDefaultsAreThoseOfTheDemo() {
        assertThat(SynthOptions.DEFAULT).isEqualTo(new SynthOptions(50, 4, 4, 64, 128, 1, false, 1, 0.22, 0.15));
    }

    @Test
    void anySizeCanBePainted() {
        for (int[] size : new int[][] {{16, 32}, {128, 384}, {200, 40}, {16, 300}}) {
            SynthOptions options = new SynthOptions(1, 6, 1, size[0], size[1], 1);
            assertThatCode(() -> {
                        for (int camera = 1; camera <= 6; camera++) {
                            for (Shot.Kind kind : Shot.Kind.values()) {
                                RgbImage image = new ShotPainter(options).paint(new Shot("", "", kind, 1, camera, 1));
                                assertThat(image.width()).isEqualTo(size[0]);
                                assertThat(image.height()).isEqualTo(size[1]);
                            }
                        }
                    })
                    .doesNotThrowAnyException();
        }
    }
}
