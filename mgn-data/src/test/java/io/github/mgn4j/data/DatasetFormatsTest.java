package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.github.mgn4j.image.MarketName;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetFormatsTest {
    @TempDir
    Path root;

    @Test
    void formatsAreFoundByName() {
        assertThat(DatasetFormats.all())
                .extracting(DatasetFormat::name)
                .contains("cuhk03-np", "dukemtmc", "folder", "market1501", "msmt17");
        assertThat(DatasetFormats.named("msmt17")).isInstanceOf(Msmt17Format.class);
        assertThatThrownBy(() -> DatasetFormats.named("marked"))
                .isInstanceOf(DatasetException.class)
                .hasMessage("unknown data set format 'marked'; known: cuhk03-np, dukemtmc, folder, hyphen, market1501,"
                        + " msmt17, veri");
        assertThatThrownBy(() -> DatasetFormats.named("msmt17:v2"))
                .isInstanceOf(DatasetException.class)
                .hasMessage("the data set format msmt17 takes no argument, found 'msmt17:v2'");
        assertThatThrownBy(() -> DatasetFormats.named("cuhk03-np:drawn"))
                .isInstanceOf(DatasetException.class)
                .hasMessage("cuhk03-np:labeled or cuhk03-np:detected expected, found 'drawn'");
    }

    @Test
    void aFormatOfAnotherJarIsFound() throws IOException {
        Trees.touch(root, HyphenFormat.MARKER);
        Trees.touch(root, "train-7-2-1.jpg");
        assertThat(DatasetFormats.detect(root)).isInstanceOf(HyphenFormat.class);
        assertThat(DatasetFormats.read(root).train())
                .containsExactly(new ReidImage(root.resolve("train-7-2-1.jpg"), 7, 2));
    }

    @Test
    void market() throws IOException {
        Trees.market(root);
        Trees.touch(root, "readme.txt");
        Trees.touch(root, "query/Thumbs.db");
        Trees.touch(root, "bounding_box_train/._0002_c1s1_000451_03.jpg");
        Trees.touch(root, "bounding_box_train/.DS_Store");
        Trees.touch(root, "bounding_box_test/desktop.ini");
        Trees.touch(root, "__MACOSX/bounding_box_train/._0002_c1s1_000451_03.jpg");
        Trees.touch(root, "bounding_box_train/-1_c1s1_000451_03.jpg");
        Trees.touch(root, "bounding_box_train/0000_c1s1_000451_03.jpg");
        assertThat(DatasetFormats.detect(root).name()).isEqualTo("market1501");
        ReidDataset data = DatasetFormats.read(root);
        assertThat(data.train())
                .containsExactly(
                        new ReidImage(root.resolve("bounding_box_train/0002_c1s1_000451_03.jpg"), 2, 1),
                        new ReidImage(root.resolve("bounding_box_train/0002_c2s1_000776_01.jpg"), 2, 2),
                        new ReidImage(root.resolve("bounding_box_train/0007_c3s3_077419_03.jpg"), 7, 3));
        assertThat(data.query()).extracting(ReidImage::pid, ReidImage::camid).containsExactly(tuple(1, 1));
        assertThat(data.gallery())
                .extracting(ReidImage::pid, ReidImage::camid)
                .containsExactly(tuple(-1, 6), tuple(0, 1), tuple(1, 2));
        assertThat(data.multiQuery()).isEmpty();
        assertThat(data.multiQueries()).containsExactly(List.of(data.query().get(0)));
    }

    @Test
    void identityZeroInTrainingIsAPersonWhereTheGalleryHasNone() throws IOException {
        for (String id : List.of("0000", "0001", "0002", "-1")) {
            Trees.touch(root, "bounding_box_train/" + id + "_c1s1_000001_01.jpg");
            Trees.touch(root, "bounding_box_train/" + id + "_c2s1_000001_01.jpg");
        }
        ReidDataset alone = DatasetFormats.read(root);
        assertThat(alone.train()).extracting(ReidImage::pid).containsExactly(1, 1, 2, 2, 3, 3);
        assertThat(alone.train().get(0).name()).startsWith("0000_");
        assertThat(alone.notes())
                .containsExactly(
                        "identity 0000 is a person here (2 training images): every identity has the number of its name"
                                + " and one more",
                        "2 training images of identity -1 (junk) are left out");

        Trees.touch(root, "query/0005_c1s1_000001_01.jpg");
        Trees.touch(root, "bounding_box_test/0005_c2s1_000001_01.jpg");
        ReidDataset test = DatasetFormats.read(root);
        assertThat(test.query()).extracting(ReidImage::pid).containsExactly(6);
        assertThat(test.gallery()).extracting(ReidImage::pid).containsExactly(6);

        Trees.touch(root, "bounding_box_test/0000_c2s1_000001_01.jpg");
        ReidDataset distractors = DatasetFormats.read(root);
        assertThat(distractors.train()).extracting(ReidImage::pid).containsExactly(1, 1, 2, 2);
        assertThat(distractors.gallery()).extracting(ReidImage::pid).containsExactly(0, 5);
        assertThat(distractors.notes())
                .first()
                .isEqualTo("2 training images of identity 0000 are left out: in the gallery these are distractors");

        Trees.touch(root, "query/0000_c1s1_000001_01.jpg"); // somebody is searched for
        ReidDataset searched = DatasetFormats.read(root);
        assertThat(searched.query()).extracting(ReidImage::pid).containsExactly(1, 6);
        assertThat(searched.gallery()).extracting(ReidImage::pid).containsExactly(1, 6);
        assertThat(searched.train()).hasSize(6);
    }

    @Test
    void marketsMultiQuery() throws IOException {
        Trees.market(root);
        Trees.touch(root, "query/0003_c4s1_001051_00.jpg");
        Path same = Trees.touch(root, "gt_bbox/0001_c1s1_001051_00.jpg");
        Path again = Trees.touch(root, "gt_bbox/0001_c1s2_001151_00.jpg");
        Trees.touch(root, "gt_bbox/0001_c2s1_001051_00.jpg"); // another camera
        Trees.touch(root, "gt_bbox/0003_c1s1_001051_00.jpg");
        Trees.touch(root, "gt_bbox/0000_c4s1_001051_00.jpg"); // shows nobody
        ReidDataset data = DatasetFormats.read(root);
        assertThat(data.query()).extracting(ReidImage::pid).containsExactly(1, 3);
        assertThat(data.multiQuery())
                .extracting(ReidImage::pid, ReidImage::camid)
                .containsExactly(tuple(1, 1), tuple(1, 1), tuple(1, 2), tuple(3, 1));
        assertThat(data.multiQueries())
                .containsExactly(
                        List.of(new ReidImage(same, 1, 1), new ReidImage(again, 1, 1)),
                        List.of(data.query().get(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bounding_box_train", "query", "bounding_box_test"})
    void aMissingOrEmptyFolderIsAPartThatIsLacking(String missing) throws IOException {
        Trees.market(root);
        Files.move(root.resolve(missing), root.resolve("elsewhere"));
        for (int round = 0; round < 2; round++) {
            ReidDataset data = DatasetFormats.read(root);
            assertThat(data.name()).isEqualTo("market1501");
            assertThat(data.train().isEmpty()).isEqualTo(missing.equals("bounding_box_train"));
            assertThat(data.query().isEmpty()).isEqualTo(missing.equals("query"));
            assertThat(data.gallery().isEmpty()).isEqualTo(missing.equals("bounding_box_test"));
            Files.createDirectories(root.resolve(missing));
        }
        Files.delete(root.resolve(missing));
        Path file = Trees.touch(root, missing);
        assertThatThrownBy(() -> DatasetFormats.named("market1501").read(root))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(file + ": not a folder");
    }

    @Test
    void noneOfTheFoldersOrNoImageIsRefused() throws IOException {
        DatasetFormat market = DatasetFormats.named("market1501");
        assertThatThrownBy(() -> market.read(root))
                .isInstanceOf(DatasetException.class)
                .hasMessage(root + ": none of bounding_box_train, query and bounding_box_test (market1501)");
        Files.createDirectory(root.resolve("bounding_box_train"));
        assertThatThrownBy(() -> market.read(root))
                .isInstanceOf(DatasetException.class)
                .hasMessage(root + ": no images (market1501 has bounding_box_train, query and bounding_box_test)");
    }

    @Test
    void aNameWithoutPersonIsRefused() {
        Trees.market(root);
        Path odd = Trees.touch(root, "query/holiday.jpg");
        assertThatThrownBy(() -> DatasetFormats.named("market1501").read(root))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(odd + ": person and camera expected");
    }

    @Test
    void duke() throws IOException {
        Trees.touch(root, "bounding_box_train/0001_c2_f0046182.jpg");
        Trees.touch(root, "query/0005_c8_f0046302.jpg");
        Trees.touch(root, "bounding_box_test/0005_c7_f0046302.jpg");
        assertThat(DatasetFormats.detect(root).name()).isEqualTo("dukemtmc");
        assertThat(DatasetFormats.read(root).query())
                .containsExactly(new ReidImage(root.resolve("query/0005_c8_f0046302.jpg"), 5, 8));
    }

    @Test
    void cuhk03() throws IOException {
        for (String variant : List.of("labeled", "detected")) {
            Trees.touch(root, variant + "/bounding_box_train/0001_c1_1.png");
            Trees.touch(root, variant + "/query/0003_c1_1.png");
            Trees.touch(root, variant + "/bounding_box_test/0003_c2_6.png");
        }
        assertThat(DatasetFormats.detect(root).name()).isEqualTo("cuhk03-np");
        assertThatThrownBy(() -> DatasetFormats.read(root)).hasMessageContaining("both labeled and detected");
        ReidDataset labeled = DatasetFormats.read(root.resolve("labeled"));
        assertThat(labeled.name()).isEqualTo("cuhk03-np");
        assertThat(labeled.gallery())
                .containsExactly(new ReidImage(root.resolve("labeled/bounding_box_test/0003_c2_6.png"), 3, 2));
        Path odd = Trees.touch(root, "detected/query/0003_c2_9.png");
        assertThat(DatasetFormats.named("cuhk03-np:labeled").read(root)).isEqualTo(labeled);
        DatasetFormat detected = DatasetFormats.named("cuhk03-np:detected");
        assertThat(detected.read(root).query())
                .contains(new ReidImage(odd, 3, 2))
                .hasSize(2);
        assertThat(detected.published()).extracting(PublishedCounts::variant).containsExactly("CUHK03-NP detected");
        assertThatThrownBy(() -> detected.read(root.resolve("detected")))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(root.resolve("detected/detected") + ": no such folder");
        Files.move(root.resolve("detected"), root.resolveSibling(root.getFileName() + "-detected"));
        assertThat(DatasetFormats.read(root).train()).hasSize(1);
    }

    @Test
    void msmt17() throws IOException {
        Trees.touch(root, "train/0000/0000_000_01_0303morning_0008_0.jpg");
        Trees.touch(root, "train/0001/0001_000_15_0303noon_0008_0.jpg");
        Trees.touch(root, "test/0000/0000_001_02_0303morning_0009_1.jpg");
        Trees.touch(root, "test/0000/0000_002_03_0303morning_0010_2.jpg");
        Trees.write(root, "list_train.txt", "0000/0000_000_01_0303morning_0008_0.jpg 0\n");
        Path val = Trees.write(root, "list_val.txt", "0001/0001_000_15_0303noon_0008_0.jpg 1\n");
        Trees.write(root, "list_query.txt", "0000/0000_001_02_0303morning_0009_1.jpg 0\n\n");
        Trees.write(root, "list_gallery.txt", "0000/0000_002_03_0303morning_0010_2.jpg 0\r\n");
        assertThat(DatasetFormats.detect(root).name()).isEqualTo("msmt17");
        ReidDataset data = DatasetFormats.read(root);
        assertThat(data.train())
                .extracting(ReidImage::pid, ReidImage::camid)
                .containsExactly(tuple(1, 1), tuple(2, 15));
        assertThat(data.gallery()).extracting(ReidImage::pid, ReidImage::camid).containsExactly(tuple(1, 3));

        Files.writeString(val, "0001/0001_000_15_0303noon_0009_0.jpg 1\n");
        assertThatThrownBy(() -> DatasetFormats.read(root)).hasMessageStartingWith(val + " line 1: no such image");
        Files.writeString(
                val, "0001/0001_000_15_0303noon_0009_0.jpg 1\n0001/0001_000_15_0303noon_0008_0.jpg 1\n".repeat(2));
        assertThatThrownBy(() -> DatasetFormats.read(root)).hasMessageEndingWith(" (2 of 4 listed are missing)");
        Files.writeString(val, "0001/0001_000_15_0303noon_0008_0.jpg\n");
        assertThatThrownBy(() -> DatasetFormats.read(root)).hasMessageContaining("path and identity expected");
        Files.delete(val);
        assertThatThrownBy(() -> DatasetFormats.read(root)).hasMessageStartingWith(val + ": no such file");
    }

    @Test
    void msmt17v2() throws IOException {
        Trees.touch(root, "mask_train_v2/0000/0000_000_01_0303morning_0008_0.jpg");
        Trees.touch(root, "mask_test_v2/0000/0000_001_02_0303morning_0009_1.jpg");
        for (String list : List.of("train", "val")) {
            Trees.write(root, "list_" + list + ".txt", "0000/0000_000_01_0303morning_0008_0.jpg 0\n");
        }
        for (String list : List.of("query", "gallery")) {
            Trees.write(root, "list_" + list + ".txt", "0000/0000_001_02_0303morning_0009_1.jpg 0\n");
        }
        assertThat(DatasetFormats.read(root).query())
                .containsExactly(
                        new ReidImage(root.resolve("mask_test_v2/0000/0000_001_02_0303morning_0009_1.jpg"), 1, 2));
    }

    @Test
    void veri() throws IOException {
        Trees.touch(root, "image_train/0001_c001_00016450_0.jpg");
        Trees.touch(root, "image_train/0005_c020_00016450_0.jpg");
        Trees.touch(root, "image_query/0002_c002_00030600_0.jpg");
        Trees.touch(root, "image_test/0002_c003_00030600_0.jpg");
        Trees.touch(root, "image_test/Thumbs.db");
        assertThat(DatasetFormats.detect(root).name()).isEqualTo("veri");
        ReidDataset all = DatasetFormats.read(root);
        assertThat(all.train()).extracting(ReidImage::pid, ReidImage::camid).containsExactly(tuple(1, 1), tuple(5, 20));
        assertThat(all.gallery())
                .containsExactly(new ReidImage(root.resolve("image_test/0002_c003_00030600_0.jpg"), 2, 3));

        Path list = Trees.write(root, "name_train.txt", "0005_c020_00016450_0.jpg\n");
        assertThat(DatasetFormats.read(root).train()).extracting(ReidImage::pid).containsExactly(5);
        Files.writeString(list, "0001_c001_00016450_0.jpg\n0001_c001_00016451_0.jpg\n");
        assertThatThrownBy(() -> DatasetFormats.read(root))
                .isInstanceOf(DatasetException.class)
                .hasMessage(list + " line 2: no such image: " + root.resolve("image_train/0001_c001_00016451_0.jpg"));
    }

    @Test
    void nothingKnown() throws IOException {
        assertThatThrownBy(() -> DatasetFormats.detect(root.resolve("nowhere")))
                .isInstanceOf(DatasetException.class)
                .hasMessage(root.resolve("nowhere") + ": no such folder");
        Trees.touch(root, "a.jpg");
        assertThatThrownBy(() -> DatasetFormats.detect(root))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(root + ": no known data set layout")
                .hasMessageContaining("bounding_box_train")
                .hasMessageContaining("list_train.txt");
        Trees.market(root.resolve("Market-1501-v15.09.15"));
        assertThatThrownBy(() -> DatasetFormats.detect(root))
                .hasMessageStartingWith(root + ": no known data set layout, but "
                        + root.resolve("Market-1501-v15.09.15") + " is in the layout market1501; known: ");
    }

    /** Any tree of Market names is listed as a naive walk over it finds it. */
    @Test
    void anyMarketTree() throws IOException {
        for (int round = 0; round < 20; round++) {
            SplittableRandom random = new SplittableRandom(round);
            Path tree = root.resolve("tree" + round);
            List<Set<String>> expected = new ArrayList<>();
            for (String folder : List.of("bounding_box_train", "query", "bounding_box_test")) {
                Set<String> names = new TreeSet<>();
                int images = 1 + random.nextInt(40);
                for (int i = 0; i < images; i++) {
                    // Nobody searches for 0000, and the gallery has some: it is a distractor.
                    int pid = i > 0 ? random.nextInt(-1, 12) : folder.endsWith("test") ? 0 : 1;
                    pid = pid == 0 && folder.equals("query") ? 5 : pid;
                    int camera = 1 + random.nextInt(12);
                    String name = (pid < 0 ? "-1" : String.format("%04d", pid)) + "_c" + camera + "s1_"
                            + String.format("%06d", i) + (random.nextBoolean() ? "_01.jpg" : "_02.JPG");
                    Trees.touch(tree, folder + "/" + name);
                    if (pid > 0 || !folder.endsWith("train")) {
                        names.add(name + " " + pid + " " + camera);
                    }
                    if (random.nextInt(5) == 0) {
                        Trees.touch(
                                tree,
                                folder + "/"
                                        + List.of("Thumbs.db", "readme.txt", ".x.jpg")
                                                .get(i % 3));
                    }
                }
                expected.add(names);
            }
            ReidDataset data = DatasetFormats.named("market1501").read(tree);
            assertThat(named(data.train())).containsExactlyElementsOf(expected.get(0));
            assertThat(named(data.query())).containsExactlyElementsOf(expected.get(1));
            assertThat(named(data.gallery())).containsExactlyElementsOf(expected.get(2));
        }
    }

    private static List<String> named(List<ReidImage> images) {
        return images.stream()
                .map(image -> image.path().getFileName() + " " + image.pid() + " " + image.camid())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "0002_c1s1_000451_03.jpg,2,1",
        "0000_c5s2_000001_00.jpg,0,5",
        "-1_c6s2_000001_00.jpg,-1,6",
        "0001_c001_00016450_0.jpg,1,1",
        "0001_c2_f0046302.jpg,1,2",
        "1234567_c12.png,1234567,12"
    })
    void marketNames(String name, int pid, int camid) {
        assertThat(MarketName.parse(Path.of("x"), name)).contains(new ReidImage(Path.of("x"), name, pid, camid));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x.jpg",
                "0002.jpg",
                "0002_1.jpg",
                "-2_c1s1.jpg",
                "a0002_c1s1.jpg",
                "0002_c.jpg",
                "9999999999_c1.jpg",
                "1_c9999999999.jpg",
                "0000_000_01_0303morning_0008_0.jpg",
                "٣_c٣.jpg"
            })
    void otherNames(String name) {
        assertThat(MarketName.parse(Path.of("x"), name)).isEmpty();
    }
}
