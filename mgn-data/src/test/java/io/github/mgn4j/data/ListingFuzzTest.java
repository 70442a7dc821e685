package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.image.MarketName;
import io.github.mgn4j.image.ReidImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * List files and names with random damage: whatever is in them, the answer is a data set or a {@link DatasetException} that
 * names the file. {@code -Dfuzz.seconds=600} on the slow test goes on for that long.
 */
class ListingFuzzTest {
    private static final String ALPHABET = "0123456789_-cs.,;\"'\\/ \t\r\n\0\uFEFFé٣\uD83D\uDE00train.jpgquery#";

    @TempDir
    Path root;

    private Path csv;
    private Path msmt;
    private Path veri;

    @BeforeEach
    void make() {
        Trees.touch(root, "csv/a/1_c2.jpg");
        csv = Trees.write(root, "csv/list.csv", """
                path,pid,camid,split
                a/1_c2.jpg,1,2,train
                "a/1_c2.jpg",1,,query
                a/1_c2.jpg,-1,,gallery
                """);
        Trees.touch(root, "msmt/train/0000/0000_000_01_0303morning_0008_0.jpg");
        Trees.touch(root, "msmt/test/0000/0000_000_01_0303morning_0008_0.jpg");
        for (String list : List.of("train", "val", "query", "gallery")) {
            msmt = Trees.write(
                    root,
                    "msmt/list_" + list + ".txt",
                    "0000/0000_000_01_0303morning_0008_0.jpg 0\n0000/0000_000_01_0303morning_0008_0.jpg 0\n");
        }
        for (String folder : List.of("train", "query", "test")) {
            Trees.touch(root, "veri/image_" + folder + "/0001_c001_00016450_0.jpg");
            Trees.touch(root, "veri/image_" + folder + "/0002_c002_00016450_0.jpg");
        }
        veri = Trees.write(root, "veri/name_query.txt", "0001_c001_00016450_0.jpg\n0002_c002_00016450_0.jpg\n");
    }

    @Test
    void damagedListsAreReadOrRefused() throws IOException {
        int accepted = 0;
        for (int round = 0; round < 600; round++) {
            accepted += round(round);
        }
        assertThat(accepted).isBetween(50, 1750); // some of each: the damage is neither too little nor too much
    }

    @Test
    @Tag("slow")
    void manyDamagedListsAreReadOrRefused() throws IOException {
        long end = System.nanoTime() + 1_000_000_000L * Long.getLong("fuzz.seconds", 20);
        for (long round = 1_000_000; System.nanoTime() < end; round++) {
            round(round);
        }
    }

    private int round(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        return read("folder", csv, seed, random)
                + read("msmt17", msmt, seed, random)
                + read("veri", veri, seed, random);
    }

    private static int read(String format, Path list, long seed, SplittableRandom random) throws IOException {
        byte[] intact = Files.readAllBytes(list);
        Files.write(list, damaged(intact, random));
        try {
            ReidDataset data = DatasetFormats.named(format).read(format.equals("folder") ? list : Folders.parent(list));
            assertThat(data.train().size() + data.query().size()).isPositive();
            return 1;
        } catch (DatasetException e) {
            assertThat(e)
                    .as("seed %s", seed)
                    .hasMessageStartingWith(Folders.parent(list).toString());
            return 0;
        } catch (RuntimeException e) {
            throw new AssertionError(format + ", seed " + seed, e);
        } finally {
            Files.write(list, intact);
        }
    }

    private static byte[] damaged(byte[] intact, SplittableRandom random) {
        byte[] bytes = intact;
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(bytes.length + 1);
            int cut = Math.min(bytes.length - at, random.nextInt(4) == 0 ? random.nextInt(12) : random.nextInt(2));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(bytes, 0, at);
            for (int n = random.nextInt(3); n > 0; n--) {
                int c = random.nextInt(ALPHABET.length());
                byte[] piece = random.nextInt(20) == 0
                        ? new byte[] {(byte) random.nextInt(256)} // not UTF-8, perhaps
                        : ALPHABET.substring(c, c + 1).getBytes(StandardCharsets.UTF_8);
                out.write(piece, 0, piece.length);
            }
            out.write(bytes, at + cut, bytes.length - at - cut);
            bytes = out.toByteArray();
        }
        return bytes;
    }

    /** A name is read as a naive reader reads it. */
    @Test
    void anyNameIsReadOrNot() {
        for (int seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String name = new String(
                    damaged("0002_c1s1_000451_03.jpg".getBytes(StandardCharsets.UTF_8), random),
                    StandardCharsets.UTF_8);
            assertThat(MarketName.parse(Path.of(""), name).orElse(null))
                    .as(name)
                    .isEqualTo(naive(name));
            Folders.isImage(name.toLowerCase(Locale.ROOT));
            CsvListing.fields(name);
        }
    }

    private static ReidImage naive(String name) {
        int at = 0;
        while (at < name.length() && name.charAt(at) >= '0' && name.charAt(at) <= '9') {
            at++;
        }
        String pid = name.startsWith("-1") ? "-1" : name.substring(0, at);
        if (pid.isEmpty() || pid.length() > 9 || !name.startsWith("_c", pid.length())) {
            return null;
        }
        int from = pid.length() + 2;
        int to = from;
        while (to < name.length() && name.charAt(to) >= '0' && name.charAt(to) <= '9') {
            to++;
        }
        return to == from || to - from > 9
                ? null
                : new ReidImage(Path.of(""), name, Integer.parseInt(pid), Integer.parseInt(name.substring(from, to)));
    }
}
