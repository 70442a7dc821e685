package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FolderFormatTest {
    @TempDir
    Path root;

    private ReidDataset read() throws IOException {
        assertThat(DatasetFormats.detect(root).name()).isEqualTo("folder");
        return DatasetFormats.read(root);
    }

    @Test
    void namesAreNumberedInOrder() throws IOException {
        Trees.touch(root, "train/bob/a.jpg");
        Trees.touch(root, "train/alice/deep/b.PNG");
        Trees.touch(root, "query/alice/a.jpg");
        Trees.touch(root, "gallery/carol/a.jpg");
        Trees.touch(root, "gallery/-1/a.jpg");
        ReidDataset data = read();
        assertThat(data.train()).extracting(ReidImage::pid).containsExactly(1, 2);
        assertThat(data.query()).extracting(ReidImage::pid).containsExactly(1);
        assertThat(data.gallery()).extracting(ReidImage::pid).containsExactly(-1, 3);
    }

    @Test
    void withoutCameraEveryImageIsItsOwn() throws IOException {
        for (String name : new String[] {"train/1/a", "train/1/b", "query/2/a", "gallery/2/a", "gallery/2/b"}) {
            Trees.touch(root, name + ".jpg");
        }
        ReidDataset data = read();
        Set<Integer> cameras = new HashSet<>();
        data.train().forEach(image -> cameras.add(image.camid()));
        data.query().forEach(image -> cameras.add(image.camid()));
        data.gallery().forEach(image -> cameras.add(image.camid()));
        assertThat(cameras).hasSize(5);
    }

    @Test
    void camerasFromNames() throws IOException {
        Trees.touch(root, "train/7/x_c3_1.jpg");
        Trees.touch(root, "train/7/x_c12s1.jpg");
        Trees.touch(root, "train/7/y.jpg");
        assertThat(read().train())
                .extracting(ReidImage::pid, ReidImage::camid)
                .containsExactly(tuple(7, 12), tuple(7, 3), tuple(7, 13));
    }

    @Test
    void camerasFromAPattern() throws IOException {
        Trees.touch(root, "train/7/cam-12/a_c1.jpg");
        Trees.touch(root, "train/7/cam-3/a_c1.jpg");
        Trees.touch(root, "query/8/cam-3/a.jpg");
        Trees.touch(root, "gallery/8/cam-12/a.jpg");
        DatasetFormat format = DatasetFormats.named("folder:/cam-(\\w+)/");
        ReidDataset data = format.read(root);
        assertThat(data.name()).isEqualTo("folder");
        assertThat(data.train()).extracting(ReidImage::camid).containsExactly(12, 3);
        assertThat(data.gallery()).extracting(ReidImage::camid).containsExactly(12);
        Trees.touch(root, "train/7/cam-north/a.jpg"); // names, then: 12, 3, north
        assertThat(format.read(root).train()).extracting(ReidImage::camid).containsExactly(1, 2, 3);
        assertThat(format.read(root).query()).extracting(ReidImage::camid).containsExactly(2);
        Path odd = Trees.touch(root, "query/8/roof/a.jpg");
        assertThatThrownBy(() -> format.read(root))
                .isInstanceOf(DatasetException.class)
                .hasMessage(odd + ": no camera: the pattern /cam-(\\w+)/ does not occur in query/8/roof/a.jpg");
    }

    @ParameterizedTest
    @CsvSource({"folder:cam-(, Unclosed group", "folder:cam, a group expected", "folder:, a group expected"})
    void patternsWithoutAGroupAreRefused(String format, String message) {
        assertThatThrownBy(() -> DatasetFormats.named(format))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aPatternFillsTheGapsOfACsvFile() throws IOException {
        Trees.touch(root, "hall/1.jpg");
        Trees.touch(root, "yard/1.jpg");
        Trees.write(root, "list.csv", "path,pid,camid,split\nhall/1.jpg,1,,train\nyard/1.jpg,1,,train\n");
        assertThat(DatasetFormats.named("folder:^(\\w+)/").read(root).train())
                .extracting(ReidImage::camid)
                .containsExactly(1, 2);
        Trees.write(root, "list.csv", "path,pid,camid,split\nhall/1.jpg,1,9,train\nyard/1.jpg,1,4,train\n");
        assertThat(DatasetFormats.named("folder:^(\\w+)/").read(root).train())
                .extracting(ReidImage::camid)
                .containsExactly(9, 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"path;pid;camid;split", "image,person,camera,part", "PATH,PID,CAMID", ""})
    void anotherHeaderIsNamed(String header) throws IOException {
        Trees.touch(root, "a.jpg");
        Path list = Trees.write(root, "list.csv", header + "\na.jpg;1;1;train\n");
        String found = list + " begins with '" + header + "', a listing with path,pid,camid,split";
        assertThatThrownBy(() -> DatasetFormats.read(root)).hasMessageContaining("no known data set layout; " + found);
        assertThatThrownBy(() -> DatasetFormats.read(list)).hasMessageContaining("no known data set layout; " + found);
        assertThatThrownBy(() -> DatasetFormats.named("folder").read(root)).hasMessageEndingWith(found);
        assertThatThrownBy(() -> DatasetFormats.named("folder").read(list))
                .isInstanceOf(DatasetException.class)
                .hasMessage(
                        header.isEmpty()
                                ? list + ": the header path,pid,camid,split expected, found 'a.jpg;1;1;train'"
                                : list + ": the header path,pid,camid,split expected, found '" + header + "'");
    }

    @Test
    void litterIsIgnored() throws IOException {
        Trees.touch(root, "train/1/a.jpg");
        Trees.touch(root, "train/1/._a.jpg");
        Trees.touch(root, "train/1/__MACOSX/b.jpg");
        Trees.touch(root, "train/1/.thumbs/c.jpg");
        Trees.touch(root, "train/1/Thumbs.db");
        Trees.touch(root, "train/__MACOSX/1/a.jpg");
        Trees.touch(root, "train/readme.jpg");
        assertThat(read().train()).containsExactly(new ReidImage(root.resolve("train/1/a.jpg"), 1, 0));
    }

    @Test
    void linkedFoldersAreFollowed() throws IOException {
        Trees.touch(root, "elsewhere/a_c2.jpg");
        Files.createDirectories(root.resolve("train"));
        Files.createSymbolicLink(root.resolve("train/4"), root.resolve("elsewhere"));
        assertThat(read().train()).containsExactly(new ReidImage(root.resolve("train/4/a_c2.jpg"), 4, 2));
    }

    /** Any tree is listed as it was made, whatever the depth, the names and the litter. */
    @Test
    void anyTree() throws IOException {
        for (int round = 0; round < 20; round++) {
            SplittableRandom random = new SplittableRandom(round);
            Path tree = root.resolve("tree" + round);
            Map<String, Set<String>> expected = new HashMap<>();
            Trees.touch(tree, "train/1/first_c1.jpg");
            expected.computeIfAbsent("train", split -> new TreeSet<>()).add("1/first_c1.jpg 1 1");
            for (int i = random.nextInt(60); i > 0; i--) {
                String split = List.of("train", "query", "gallery").get(random.nextInt(3));
                int pid = random.nextInt(1, 9);
                int camera = random.nextInt(4);
                String deep = "x/".repeat(random.nextInt(3));
                String name = deep + (char) ('a' + random.nextInt(26)) + i + "_c" + camera + ".jpg";
                Trees.touch(tree, split + "/" + pid + "/" + name);
                expected.computeIfAbsent(split, s -> new TreeSet<>()).add(pid + "/" + name + " " + pid + " " + camera);
                if (random.nextInt(4) == 0) {
                    Trees.touch(
                            tree,
                            split + "/" + pid + "/" + deep
                                    + List.of("._a.jpg", "notes.txt").get(i % 2));
                }
            }
            if (expected.containsKey("query") != expected.containsKey("gallery")) {
                assertThatThrownBy(() -> DatasetFormats.read(tree)).hasMessageContaining("but none in");
                continue;
            }
            ReidDataset data = DatasetFormats.named("folder").read(tree);
            assertThat(named(tree.resolve("train"), data.train())).isEqualTo(expected.get("train"));
            assertThat(named(tree.resolve("query"), data.query())).isEqualTo(expected.getOrDefault("query", Set.of()));
            assertThat(named(tree.resolve("gallery"), data.gallery()))
                    .isEqualTo(expected.getOrDefault("gallery", Set.of()));
            IdentityIndex index = IdentityIndex.of(data.train());
            int p = random.nextInt(1, index.classes() + 1);
            int k = random.nextInt(1, 6);
            int[] batch = new IdentityBalancedSampler(index, p, k, EpochLength.FULL_PASS, round).batch(round, 0);
            Map<Integer, Integer> drawn = new HashMap<>();
            for (int image : batch) {
                drawn.merge(data.train().get(image).pid(), 1, Integer::sum);
            }
            assertThat(drawn)
                    .hasSize(p)
                    .allSatisfy((pid, images) -> assertThat(images).isEqualTo(k));
        }
    }

    private static Set<String> named(Path split, List<ReidImage> images) {
        Set<String> names = new TreeSet<>();
        for (ReidImage image : images) {
            assertThat(names.add(split.relativize(image.path()) + " " + image.pid() + " " + image.camid()))
                    .isTrue();
        }
        return names;
    }

    @Test
    void numbersStayUnlessZeroIsSomebody() throws IOException {
        Trees.touch(root, "train/0005/a.jpg");
        Trees.touch(root, "gallery/0000/a.jpg");
        Trees.touch(root, "gallery/-1/a.jpg");
        Trees.touch(root, "query/0009/a.jpg");
        assertThat(read().train()).extracting(ReidImage::pid).containsExactly(5);
        assertThat(read().gallery()).extracting(ReidImage::pid).containsExactly(-1, 0);
        Trees.touch(root, "train/0/a.jpg");
        Trees.touch(root, "train/1/a.jpg");
        // 0 and 0000 are two names: these are no numbers
        assertThat(read().train()).extracting(ReidImage::pid).containsExactly(1, 3, 5);
    }

    @Test
    void identitiesFromZero() throws IOException {
        Trees.touch(root, "train/0/a.jpg");
        Trees.touch(root, "train/1/a.jpg");
        assertThat(read().train()).extracting(ReidImage::pid).containsExactly(1, 2);
    }

    @Test
    void csv() throws IOException {
        Trees.touch(root, "img/a,1.jpg");
        Trees.touch(root, "img/b.jpg");
        Trees.touch(root, "img/c_c4.jpg");
        Path csv = Trees.write(root, "list.csv", """
                path,pid,camid,split
                "img/a,1.jpg",12,2,train
                img/b.jpg,12,,query
                img/b.jpg,12,,gallery
                img/c_c4.jpg,-1,,GALLERY
                """);
        ReidDataset data = read();
        assertThat(data.train()).extracting(ReidImage::pid, ReidImage::camid).containsExactly(tuple(12, 2));
        assertThat(data.query()).extracting(ReidImage::pid, ReidImage::camid).containsExactly(tuple(12, 5));
        assertThat(data.gallery())
                .extracting(ReidImage::pid, ReidImage::camid)
                .containsExactly(tuple(12, 5), tuple(-1, 4));
        assertThat(DatasetFormats.read(csv).gallery()).isEqualTo(data.gallery());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nowhere.jpg,1,1,train | no such image
            a.jpg,1,1             | found 3 fields
            a.jpg,1,x,train       | a camera number or nothing expected, found 'x'
            a.jpg,1,1,test        | the split train, query or gallery expected, found 'test'
            a.jpg,,1,train        | the pid is empty
            """)
    void badLinesAreNamed(String line, String message) throws IOException {
        Trees.touch(root, "a.jpg");
        Path csv = Trees.write(root, "list.csv", "path,pid,camid,split\na.jpg,3,1,train\n" + line + "\n");
        assertThatThrownBy(() -> DatasetFormats.read(root))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(csv + " line 3: ")
                .hasMessageContaining(message);
    }

    @Test
    void halfATestIsRefused() {
        Trees.touch(root, "train/1/a.jpg");
        Trees.touch(root, "query/1/a.jpg");
        assertThatThrownBy(() -> DatasetFormats.read(root))
                .isInstanceOf(DatasetException.class)
                .hasMessage(root + ": images in query but none in gallery");
    }

    @Test
    void nothingToTrainOn() throws IOException {
        Trees.touch(root, "query/1/a.jpg");
        Trees.touch(root, "gallery/1/a.jpg");
        ReidDataset data = read();
        data.requireTest();
        assertThatThrownBy(data::requireTrain)
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("no training images");
    }
}
