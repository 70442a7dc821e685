package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
            a.jpg,1,x,train       | a camera number or nothing wanted, found 'x'
            a.jpg,1,1,test        | the split train, query or gallery wanted, found 'test'
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
