package io.github.mgn4j.cudnn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.cudnn.Program.Convolution;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Measured choices outlive the process; what is damaged or another's is measured again. */
class ChoicesTest {
    private static final long CUDNN = 91_400;

    @TempDir
    private Path folder;

    private static List<ConvolutionShape> shapes(Precision precision) {
        return Lowering.lower(MgnSpec.mgn(2), true).ops().stream()
                .filter(Convolution.class::isInstance)
                .map(op -> ConvolutionShape.of((Convolution) op, 64, NumberFormats.of(precision, null)))
                .distinct()
                .toList();
    }

    @Test
    void choicesAreFoundAgain() {
        List<ConvolutionShape> shapes = shapes(Precision.FP16);
        Choices written = new Choices(new DiskCache(folder), "h100", CUDNN);
        shapes.forEach(shape -> written.put(shape, "A" + shapes.indexOf(shape) + "e4"));
        written.save();
        Choices read = new Choices(new DiskCache(folder), "h100", CUDNN);
        assertThat(shapes)
                .hasSize(29)
                .allSatisfy(shape -> assertThat(read.get(shape)).isEqualTo("A" + shapes.indexOf(shape) + "e4"));
        read.remove(shapes.get(0));
        assertThat(read.get(shapes.get(0))).isNull();
    }

    @Test
    void anotherVersionOrGpuHasItsOwn() {
        ConvolutionShape shape = shapes(Precision.FP16).get(0);
        Choices written = new Choices(new DiskCache(folder), "h100", CUDNN);
        written.put(shape, "A0e4");
        written.save();
        assertThat(new Choices(new DiskCache(folder), "h100", CUDNN + 1).get(shape))
                .isNull();
        assertThat(new Choices(new DiskCache(folder), "a100", CUDNN).get(shape)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\0\1\2",
                "# mgn4j kernels 1, cuDNN 91400\nno equals sign\n",
                "# mgn4j kernels 0, cuDNN 91400\nx = y\n"
            })
    void aDamagedFileIsReplaced(String content) throws IOException {
        Path file = folder.resolve("choices-h100.txt");
        Files.writeString(file, content);
        ConvolutionShape shape = shapes(Precision.INT8).get(0);
        Choices choices = new Choices(new DiskCache(folder), "h100", CUDNN);
        assertThat(choices.get(shape)).isNull();
        choices.put(shape, "own128");
        choices.save();
        assertThat(Files.readString(file)).isEqualTo("# mgn4j kernels 1, cuDNN 91400\n" + shape.key() + " = own128\n");
    }

    @Test
    void aCacheThatCannotBeHadIsDoneWithout() throws IOException {
        Path file = Files.createFile(folder.resolve("no-folder"));
        DiskCache cache = new DiskCache(file);
        cache.write("name", new byte[] {1});
        assertThat(cache.read("name")).isNull();
        DiskCache none = new DiskCache(null);
        none.write("name", new byte[] {1});
        assertThat(none.read("name")).isNull();
        assertThat(Files.size(file)).isZero();
    }

    @Test
    void ownKernelsAreForPointwiseIntegers() {
        assertThat(shapes(Precision.INT8)).anyMatch(ConvolutionShape::fitsOwnKernel);
        assertThat(shapes(Precision.INT8)).allMatch(s -> s.fitsOwnKernel() == (s.kernel() == 1 && s.stride() == 1));
        assertThat(shapes(Precision.FP16)).noneMatch(ConvolutionShape::fitsOwnKernel);
        assertThat(ConvolutionKernel.own("own64")).isEqualTo(new ConvolutionKernel.Own(64));
        assertThat(ConvolutionKernel.own("A0e4")).isNull();
    }
}
