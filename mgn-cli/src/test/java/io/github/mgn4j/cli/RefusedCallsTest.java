package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.features.NpyFile;
import io.github.mgn4j.train.StepLog;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Refused calls: exit code 2, one line on standard error that says what is wrong, and nothing written. */
class RefusedCallsTest {
    private static final int DIMS = 4;

    @TempDir
    static Path folder;

    private static Workshop workshop;

    @BeforeAll
    static void prepare() throws IOException {
        workshop = Workshop.in(folder);
        images();
        models();
        features();
        workshop.mgn("gallery", "add", "--gallery", "@kept", "--features", "@good.npy")
                .ok();
        Files.writeString(path("unknown.yaml"), "p: 2\nbogus: 3\n");
        Files.writeString(path("word.yaml"), "p: two\n");
        Files.writeString(path("broken.yaml"), "p: [1\n : x");
        Files.writeString(path("nul.yaml"), "p: 2\u0000\n");
        Files.createDirectories(path("run"));
        Files.writeString(path("run/log.csv"), "a run's\n");
        Files.createDirectories(path("report"));
        Files.writeString(path("report/cmc.png"), "somebody's\n");
        Files.writeString(path("report/log.csv"), StepLog.HEADER + "\n1,2,x,1,1\n");
    }

    private static Path path(String name) {
        return workshop.path(name);
    }

    private static void images() throws IOException {
        for (String name : List.of("empty", "text", "zero", "huge")) {
            Files.createDirectories(path(name));
        }
        Files.writeString(path("text/0001_c1.jpg"), "no image");
        Files.createFile(path("zero/0001_c1.jpg"));
        ByteBuffer huge = ByteBuffer.allocate(54).order(ByteOrder.LITTLE_ENDIAN);
        huge.put((byte) 'B').put((byte) 'M').putInt(54).putInt(0).putInt(54).putInt(40);
        huge.putInt(2_000_000_000).putInt(2_000_000_000).putShort((short) 1).putShort((short) 24);
        Files.write(path("huge/0001_c1.bmp"), huge.array());
        for (String name : List.of("bounding_box_train", "query", "bounding_box_test")) {
            Files.createDirectories(path("badtrain/" + name));
            Files.writeString(path("badtrain/" + name + "/0003_c1s1_000001_01.jpg"), "no image");
        }
        for (String name : List.of("0001_c1s1_000001_01.jpg", "0001_c2s1_000002_01.jpg", "0002_c1s1_000003_01.jpg")) {
            Files.writeString(path("badtrain/bounding_box_train/" + name), "no image");
        }
        for (String part : List.of("notest/bounding_box_train", "notrain/query", "notrain/bounding_box_test")) {
            Files.createDirectories(path(part));
            Files.writeString(path(part + "/0001_c1s1_000001_01.jpg"), "no image");
        }
    }

    private static void models() throws IOException {
        byte[] model = Files.readAllBytes(path("model.safetensors"));
        Files.write(path("truncated.safetensors"), Arrays.copyOf(model, model.length / 2));
        byte[] huge = model.clone();
        ByteBuffer.wrap(huge).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 1L << 62);
        Files.write(path("hugeheader.safetensors"), huge);
        byte[] header =
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".getBytes(StandardCharsets.UTF_8);
        Files.write(
                path("nomodel.safetensors"),
                ByteBuffer.allocate(8 + header.length + 4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length)
                        .put(header)
                        .array());
        zip("corrupt.pth", "archive/data.pkl", "\u0080\u0002}q\0garbage");
        zip("evil.pth", "archive/data.pkl", "\u0080\u0002cos\nsystem\nX\u0002\0\0\0ls\u0085R.");
        zip("outside.pth", "../../data.pkl", "\u0080\u0002}.");
        Files.write(
                path("legacy.pth"),
                "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.".getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void zip(String file, String entry, String content) throws IOException {
        try (OutputStream out = Files.newOutputStream(path(file));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
            CRC32 crc = new CRC32();
            crc.update(bytes);
            ZipEntry stored = new ZipEntry(entry);
            stored.setMethod(ZipEntry.STORED);
            stored.setSize(bytes.length);
            stored.setCrc(crc.getValue());
            zip.putNextEntry(stored);
            zip.write(bytes);
        }
    }

    private static void features() throws IOException {
        features("gallery", DIMS, 1, 2);
        features("good", DIMS, 1, 1);
        features("nomatch", DIMS, 7, 1);
        features("dims", DIMS + 1, 1, 1);
        features("nan", DIMS, 1, 1);
        try (var file = Files.newByteChannel(path("nan.npy"), StandardOpenOption.WRITE)) {
            file.position(Files.size(path("nan.npy")) - Float.BYTES);
            file.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, Float.NaN));
        }
        features("nocsv", DIMS, 1, 1);
        Files.delete(path("nocsv.csv"));
        features("short", DIMS, 1, 1);
        byte[] bytes = Files.readAllBytes(path("short.npy"));
        Files.write(path("short.npy"), Arrays.copyOf(bytes, bytes.length - 5));
        features("rows", DIMS, 1, 1);
        Files.writeString(path("rows.csv"), "row,path,pid,camid\n0,a.jpg,1,1\n");
    }

    private static void features(String name, int dims, int pid, int camid) throws IOException {
        float[] first = new float[dims];
        float[] second = new float[dims];
        second[0] = 1;
        NpyFile.write(path(name + ".npy"), FeatureMatrix.ofRows(first, second));
        new FeatureTable(List.of(
                        new FeatureTable.Entry("a.jpg", pid, camid), new FeatureTable.Entry("b.jpg", pid + 1, camid)))
                .write(path(name + ".csv"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', maxCharsPerColumn = 1000, textBlock = """
            # the call itself
            ''                                     | a command is expected; see ./mgn --help
            nix                                    | unknown argument 'nix'; see ./mgn --help
            --nix                                  | unknown option '--nix'; see ./mgn --help
            synth --out @N --nix                   | unknown option '--nix'; see ./mgn synth --help
            inof @model.safetensors               | unknown argument 'inof' (did you mean info?); see ./mgn --help
            synth --uot @N                         | unknown option '--uot' (did you mean --out?); see ./mgn synth --help
            synth --out @N more                    | unknown argument 'more'
            synth                                  | '--out=DIR'
            synth --out                            | '--out' (DIR)
            synth --out @N --ids                   | '--ids' (N)
            synth --out @N --out @N                | only once
            info                                   | MODEL | --preset=NAME
            # synth
            synth --out @N --ids 0                 | --ids must be 1 to
            synth --out @N --ids -1                | --ids must be 1 to
            synth --out @N --ids three             | 'three' is not an int
            synth --out @N --ids 99999999999       | '99999999999' is not an int
            synth --out @N --alike 0               | --alike must be 1 to
            synth --out @N --miscropped 1.5        | --miscropped must be 0 to 1, not 1.5
            synth --out @N --occluded -1           | --occluded must be 0 to 1, not -1.0
            synth --out @N --cameras 1             | --cameras must be 2 to
            synth --out @N --images 0              | --images must be 1 to
            synth --out @N --size 3                | --size must be WIDTHxHEIGHT such as 64x128, not '3'
            synth --out @N --size 3x128            | width must be 16 to
            synth --out @N --seed one              | 'one' is not a long
            synth --out @data                      | is not empty
            synth --out @recipe.yaml               | recipe.yaml: is a file, expected a folder
            synth --out @recipe.yaml/x             | recipe.yaml/x: cannot be written
            demo --out @recipe.yaml                | recipe.yaml: is a file, expected a folder
            demo --out @recipe.yaml/x              | recipe.yaml/x: cannot be written
            # import
            import --from @none --out @N           | none: no such file
            import --from @recipe.yaml --out @N    | neither a PyTorch checkpoint nor a safetensors file
            import --from @legacy.pth --out @N     | legacy.pth: the pickle is cut off
            import --from @corrupt.pth --out @N    | corrupt.pth: the pickle
            import --from @evil.pth --out @N       | 'os.system'
            import --from @outside.pth --out @N    | '../../data.pkl' points outside the archive
            import --from @truncated.safetensors --out @N       | the file has
            import --from @hugeheader.safetensors --out @N      | header of 4611686018427387904 bytes
            import --from @nomodel.safetensors --out @N         | no known layout
            import --from @model.safetensors --out @N --layout other       | --layout: unknown layout 'other'; there are auto, mgn, mgn-pytorch
            import --from @model.safetensors --out @N --layout torchvision | tensor 'conv1.weight' is missing
            import --from @model.safetensors --out @N --pool min           | expected one of [max, avg, gem] but was 'min'
            import --from @model.safetensors --out @N --classes 5          | 4 classes, --classes 5 was asked for
            import --from @model.safetensors --out @model.safetensors      | exists already; --force overwrites it
            import --from @model.safetensors --out @data                   | data: is a folder, expected a file
            import --from @model.safetensors --out @recipe.yaml/x          | recipe.yaml/x: cannot be written
            import --from @data --out @N                                   | data: is a folder, expected a file of weights
            # info
            info @none                             | none: no such file
            info mgn                               | mgn: no such file
            info --preset nix                      | --preset: unknown preset 'nix'; there are mgn, resnet50
            info @nomodel.safetensors              | no model file
            info @zero/0001_c1.jpg                 | is empty
            info @recipe.yaml                      | recipe.yaml: a text file; a model file was expected
            info @model.safetensors --json @recipe.yaml | exists already
            # extract
            extract --model @model.safetensors --images @none --out @N/f.npy    | none: no such folder
            extract --model @model.safetensors --images @empty --out @N/f.npy   | no image in this folder
            extract --model @model.safetensors --images @text --out @N/f.npy    | 0001_c1.jpg: not a JPEG, PNG or BMP file
            extract --model @model.safetensors --images @zero --out @N/f.npy    | 0001_c1.jpg: the file is empty
            extract --model @model.safetensors --images @huge --out @N/f.npy    | 2000000000x2000000000 pixels
            extract --model @model.safetensors --images @text --out @N/f.npy --on-error skip | none of its images can be read
            extract --model @model.safetensors --images @data --out @N/f.npy --batch 0       | mgn: --batch must be at least 1, not 0
            extract --model @model.safetensors --images @data --out @N/f.npy --engine nix    | --engine: unknown engine 'nix'
            extract --model @model.safetensors --images @data --out @N/f.npy --precision fp9 | but was 'fp9'
            extract --model @model.safetensors --images @data --out @N/f.npy --precision fp8 | no engine has fp8 here; on the class path: onednn [fp32, bf16, int8]
            extract --model @model.safetensors --images @data --out @N/f.npy --precision tf32 --engine onednn | the engine onednn has [fp32, bf16, int8], not tf32
            extract --model @model.safetensors --images @data --out @N/f.npy --device x   | '--device': numbers from 0 on with commas between them are expected, found 'x'
            extract --model @model.safetensors --images @data --out @N/f.npy --device 0,x | '--device': numbers from 0 on with commas between them are expected, found '0,x'
            extract --model @model.safetensors --images @data --out @N/f.npy --device 0,  | '--device': numbers from 0 on with commas between them are expected, found '0,'
            extract --model @model.safetensors --images @data --out @N/f.npy --device     | '--device' (N[,N...])
            extract --model @model.safetensors --images @data --out @N/f.npy --device -1  | '--device': numbers from 0 on with commas between them are expected, found '-1'
            extract --model @model.safetensors --images @data --out @N/f.npy --device 0 --device 0 | only once
            extract --model @model.safetensors --images @data --out @N/f.npy --device 0,1 | --device: the engine onednn computes on the processor: it has no devices to share the work, but [0, 1] were asked for
            extract --model @model.safetensors --images @data --out @N/f.npy --resize near   | [bilinear, bicubic] but was 'near'
            extract --model @model.safetensors --images @data --out @N           | expected a name that ends in .npy
            extract --model @model.safetensors --images @data --out @gallery.npy | gallery.npy: exists already
            extract --model @model.safetensors --images @data --out @recipe.yaml/f.npy | cannot be written
            extract --model @recipe.yaml --images @data --out @N/f.npy           | recipe.yaml: a text file; a model file was expected
            extract --model @model.safetensors --images @data --out @N/f.npy --engine onnx-cuda | the engine onnx-cuda cannot run here: com.microsoft.onnxruntime:onnxruntime_gpu is needed
            # train
            train --data @none --out @N                                 | none: no such folder
            train --data @notrain --out @N                              | no training images
            train --data @empty --out @N                                | no known data set layout
            train --data @data --out @N --format nix                    | --format: unknown data set format 'nix'
            train --data @data --out @N --recipe @none                  | no such recipe
            train --data @data --out @N --recipe @data                  | data: is a folder, expected a recipe
            train --data @data --out @N --recipe @unknown.yaml          | unknown setting 'bogus'
            train --data @data --out @N --recipe @word.yaml             | p must be a whole number, not 'two'
            train --data @data --out @N --recipe @broken.yaml           | broken.yaml, line 2
            train --data @data --out @N --recipe @nul.yaml              | nul.yaml
            train --data @data --out @N --recipe @recipe.yaml --p 5     | --p is 5 identities per batch
            train --data @data --out @N --recipe @recipe.yaml --p 0     | --p must be at least 1, not 0
            train --data @data --out @N --recipe @recipe.yaml --iterations 0 | --iterations must be at least 1
            train --data @data --out @N --recipe @recipe.yaml --lr -1   | --lr must be above 0
            train --data @data --out @N --recipe @recipe.yaml --augment nix | --augment: unknown augmentation 'nix'
            train --data @data --out @N --recipe @recipe.yaml --init @recipe.yaml | recipe.yaml: a text file; a model file was expected
            train --data @data --out @run --recipe @recipe.yaml         | belongs to an earlier run
            train --data @data --out @recipe.yaml --recipe @recipe.yaml | recipe.yaml: is a file
            train --data @data --out @N --recipe @recipe.yaml --on-error nix | [fail, skip] but was 'nix'
            train --data @data --out @N --format msmt17:v2              | msmt17 takes no argument, found 'msmt17:v2'
            train --data @data --out @N --format folder:cam             | a group expected around the camera
            train --data @badtrain --out @N --recipe @recipe.yaml --on-error skip --p 1 | none of the
            train --data @badtrain --out @N --recipe @recipe.yaml --format market1501 | not a JPEG, PNG or BMP file
            train --data @data                                          | --out RUN is missing
            train --out @N                                              | --data DIR is missing
            # gallery
            gallery                                                      | a command is expected; see ./mgn gallery --help
            gallery nix                                                  | unknown argument 'nix'; see ./mgn gallery --help
            gallery add --gallery @N                                     | --features=F.npy
            gallery add --gallery @N --features @none.npy                | none.npy: no such file
            gallery add --gallery @N --features @nan.npy                 | nan.npy: row 1, column 3 is NaN
            gallery add --gallery @N --features @nocsv.npy               | nocsv.csv: no such file
            gallery add --gallery @N --features @good.npy --metric l1    | [euclidean, cosine] but was 'l1'
            gallery add --gallery @recipe.yaml --features @good.npy      | recipe.yaml
            gallery add --gallery @data --features @good.npy             | data: holds '
            gallery add --gallery @kept --features @dims.npy             | --features has 5 dims, the gallery
            gallery add --gallery @kept --features @good.npy --metric cosine | --metric is cosine, the gallery
            gallery add --gallery @N --ndjson @recipe.yaml               | recipe.yaml: line 1 is no entry
            gallery add --gallery @N --ndjson @zero/0001_c1.jpg          | has no entry
            gallery add --gallery @N --features @good.npy --ndjson @recipe.yaml | expected only one match
            gallery add --gallery @N --model @model.safetensors --images @text  | 0001_c1.jpg: not a JPEG, PNG or BMP file
            gallery search --gallery @none --features @good.npy          | none: no such folder, expected a gallery
            gallery search --gallery @data --features @good.npy          | data: holds no gallery.json
            gallery search --gallery @kept --features @dims.npy          | --features has 5 dims, the gallery
            gallery search --gallery @kept --features @good.npy --k 0    | --k must be at least 1, not 0
            gallery search --gallery @kept --features @good.npy --by cat | [image, person] but was 'cat'
            gallery search --gallery @kept --features @good.npy --best 0 | --best must be at least 1, not 0
            gallery search --gallery @kept --features @good.npy --best 2 | --best is for --by person
            gallery search --gallery @kept --features @good.npy --far 2  | --far must lie between 0 and 1, not 2.0
            gallery search --gallery @kept --features @good.npy --far 0.1 | --far: the model carries no thresholds
            gallery search --gallery @kept --features @good.npy --rerank --candidates 1 | --candidates must be at least 2, not 1
            gallery search --gallery @kept --features @good.npy --json @recipe.yaml | exists already
            gallery search --gallery @kept --features @good.npy --html @recipe.yaml | exists already
            gallery search --gallery @kept --model @model.safetensors --images @data | --model has 64 dims, the gallery
            gallery remove --gallery @kept                               | --pid=N
            gallery remove --gallery @kept --pid x                       | 'x' is not an int
            gallery remove --gallery @none --pid 1                       | none: no such folder
            gallery stats --gallery @none                                | none: no such folder
            gallery stats --gallery @recipe.yaml                         | recipe.yaml: is no folder
            gallery export --gallery @kept --features @N                 | expected a name that ends in .npy
            gallery compact --gallery @none                              | none: no such folder
            search --model @model.safetensors --images @none @data      | none: no such folder
            search --model @model.safetensors --images @data @none      | none: no such folder
            # evaluate
            evaluate                                                | --query=Q.npy --gallery=G.npy
            evaluate --query @good.npy                              | --gallery=G.npy
            evaluate --query @none.npy --gallery @gallery.npy       | none.npy: no such file
            evaluate --query @nan.npy --gallery @gallery.npy        | nan.npy: row 1, column 3 is NaN
            evaluate --query @dims.npy --gallery @gallery.npy       | query features have 5 dims, gallery features 4
            evaluate --query @nocsv.npy --gallery @gallery.npy      | nocsv.csv: no such file
            evaluate --query @rows.npy --gallery @gallery.npy       | rows.csv: has 1 rows, expected 2
            evaluate --query @short.npy --gallery @gallery.npy      | short.npy: has
            evaluate --query @nomatch.npy --gallery @gallery.npy --json @N | none of the 2 queries has a true match
            evaluate --query @good.npy --gallery @gallery.npy --rerank --lambda 1.1 | --lambda is 1.1, must lie in 0..1
            evaluate --query @good.npy --gallery @gallery.npy --rerank --k1 0       | --k1 is 0, must be at least 1
            evaluate --query @good.npy --gallery @gallery.npy --rerank --k2 0       | --k2 is 0, must be at least 1
            evaluate --query @good.npy --gallery @gallery.npy --expand 0            | --expand is 0, must be at least 1
            evaluate --query @good.npy --gallery @gallery.npy --expand 1 --alpha -1 | --alpha is -1.0, must be 0 or more
            evaluate --query @good.npy --gallery @gallery.npy --expand 999          | --expand is 999, but the gallery has only
            evaluate --query @good.npy --gallery @gallery.npy --block-memory 0      | --block-memory is 0 bytes, must be at least
            evaluate --query @good.npy --gallery @gallery.npy --metric l1           | [euclidean, cosine] but was 'l1'
            evaluate --query @good.npy --gallery @gallery.npy --json @recipe.yaml   | exists already
            evaluate --query @good.npy --gallery @gallery.npy --report @report      | cmc.png: exists already
            evaluate --query @good.npy --gallery @gallery.npy --run @none           | none/log.csv: no such file
            evaluate --query @good.npy --gallery @gallery.npy --run @report         | log.csv: line 2 is '1,2,x,1,1', expected numbers
            evaluate --query @good.npy --gallery @gallery.npy --report @recipe.yaml | is a file, expected a folder
            evaluate --query @good.npy --gallery @gallery.npy --engine samediff     | --model=MODEL, --data=DIR
            evaluate --query @good.npy --gallery @gallery.npy --device 0            | --device is for --model
            evaluate --model @model.safetensors --data @notest                      | no query images
            evaluate --model @model.safetensors --query @good.npy --gallery @gallery.npy --data @data | mutually exclusive
            evaluate --model @model.safetensors --data @data --store-thresholds @model.safetensors | exists already; --force overwrites it
            evaluate --model @model.safetensors --data @data --store-thresholds @data       | data: is a folder
            evaluate --model @model.safetensors --data @data --store-thresholds @N --expand 1 | --store-thresholds is for the distances of two images
            evaluate --query @good.npy --gallery @gallery.npy --store-thresholds @N         | --model=MODEL, --data=DIR
            # verify
            verify @zero/0001_c1.jpg @zero/0001_c1.jpg                                      | '--model=MODEL'
            verify --model @model.safetensors @zero/0001_c1.jpg                             | 'B.jpg'
            verify --model @model.safetensors @recipe.yaml @recipe.yaml @recipe.yaml        | unknown argument
            verify --model @none @recipe.yaml @recipe.yaml                                  | none: no such file
            verify --model @recipe.yaml @recipe.yaml @recipe.yaml                           | recipe.yaml: a text file; a model file was expected
            verify --model @model.safetensors @recipe.yaml @recipe.yaml                     | model.safetensors: the model carries no thresholds for same-person verdicts: 'mgn evaluate --model MODEL --data DIR --store-thresholds MODEL2'
            verify --model @model.safetensors @recipe.yaml @recipe.yaml --far 0             | --far must lie between 0 and 1, not 0.0
            verify --model @model.safetensors @recipe.yaml @recipe.yaml --far 1             | --far must lie between 0 and 1, not 1.0
            verify --model @model.safetensors @recipe.yaml @recipe.yaml --far -0.1          | --far must lie between 0 and 1, not -0.1
            verify --model @model.safetensors @recipe.yaml @recipe.yaml --far NaN           | --far must lie between 0 and 1, not NaN
            verify --model @model.safetensors @recipe.yaml @recipe.yaml --far x             | 'x' is not a double
            verify --model @model.safetensors @recipe.yaml @recipe.yaml --threshold -1      | --threshold must be 0 or more and finite, not -1.0
            verify --model @model.safetensors @recipe.yaml @recipe.yaml --threshold NaN     | --threshold must be 0 or more and finite, not NaN
            verify --model @model.safetensors @recipe.yaml @recipe.yaml --threshold Infinity | --threshold must be 0 or more and finite, not Infinity
            verify --model @model.safetensors @recipe.yaml @recipe.yaml --threshold 1 --far 0.1 | mutually exclusive
            verify --model @model.safetensors @recipe.yaml @recipe.yaml --threshold 1 --json @recipe.yaml | exists already
            verify --model @model.safetensors @recipe.yaml @recipe.yaml --threshold 1 --json @N | recipe.yaml: not a JPEG, PNG or BMP file
            verify --model @model.safetensors @zero/0001_c1.jpg @recipe.yaml --threshold 1  | 0001_c1.jpg: the file is empty
            verify --model @model.safetensors @none @recipe.yaml --threshold 1              | none: no such file
            verify --model @model.safetensors @huge/0001_c1.bmp @recipe.yaml --threshold 1  | 2000000000x2000000000 pixels
            verify --model @model.safetensors @data @recipe.yaml --threshold 1              | data:
            # the others
            data --data @none                               | none: no such folder
            data --data @data --json @recipe.yaml           | exists already
            data --data @data --check nix                   | [none, quick, decode] but was 'nix'
            data --data @data --format cuhk03-np:drawn      | cuhk03-np:labeled or cuhk03-np:detected expected
            bench --model @model.safetensors --batch 0      | mgn: --batch must be at least 1, not 0
            bench --model @model.safetensors --seconds 0    | --seconds must be above 0
            bench --model @model.safetensors --neighbours -1 | --neighbours must be from 0 to 1024, not -1
            bench --model @model.safetensors --device 0,1   | --device: the engine onednn computes on the processor
            bench --model @model.safetensors --precision fp8 | no engine has fp8 here
            bench --model @none                             | none: no such file
            bench --model @model.safetensors --batch 99999999 | --batch must be at most
            export --model @model.safetensors --onnx @N --pytorch @N.pth   | mutually exclusive
            export --model @model.safetensors --pytorch @N.txt             | N.txt: a name that ends in .pth, .pt or .safetensors
            export --model @model.safetensors --pytorch @data              | is a folder
            export --model @model.safetensors --pytorch @recipe.yaml       | exists already; --force overwrites it
            export --model @none --pytorch @N.pth                          | none: no such file
            export --model @model.safetensors --pytorch @N.pth --precision int8 | --pytorch writes the weights in float32
            export --model @model.safetensors --pytorch @N.pth --preprocess | --pytorch writes the weights in float32
            export --model @model.safetensors                              | '--onnx=FILE'
            export --model @none --onnx @N                                 | none: no such file
            export --model @recipe.yaml --onnx @N                          | recipe.yaml: a text file; a model file was expected
            export --model @model.safetensors --onnx @recipe.yaml          | exists already
            export --model @model.safetensors --onnx @data                 | is a folder
            export --model @model.safetensors --onnx @N --precision bf16   | can be written in fp32, fp16 or int8, not in bf16
            export --model @model.safetensors --onnx @N --precision int8   | model.safetensors: int8 needs a calibrated model: --calibrate DIR calibrates it
            export --model @model.safetensors --onnx @N --calibrate @data  | --calibrate is for --precision int8
            export --model @model.safetensors --onnx @N --symmetric        | --symmetric is for --precision int8
            export --model @model.safetensors --onnx @N --precision int8 --calibrate @none  | none: no such folder
            export --model @model.safetensors --onnx @N --precision int8 --calibrate @text  | not a JPEG, PNG or BMP file
            export --model @model.safetensors --onnx @N --precision fp8    | can be written in fp32, fp16 or int8, not in fp8
            export --model @model.safetensors --onnx @N --precision tf32   | can be written in fp32, fp16 or int8, not in tf32
            """)
    void isRefused(@Nullable String call, String sentence) throws IOException {
        Map<String, String> before = workshop.snapshot();
        List<String> args = new ArrayList<>(call == null || call.isEmpty() ? List.of() : List.of(call.split(" +")));
        Workshop.Call refused = workshop.mgn(args.toArray(String[]::new));
        assertThat(refused.status()).as(refused.err()).isEqualTo(2);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).startsWith("mgn: ").endsWith("\n").contains(sentence);
        assertThat(refused.err().lines()).hasSize(1);
        assertThat(workshop.snapshot()).isEqualTo(before);
    }
}
