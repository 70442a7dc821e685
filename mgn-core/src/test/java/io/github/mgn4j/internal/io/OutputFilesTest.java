package io.github.mgn4j.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFilesTest {
    @TempDir
    Path folder;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void filesAppearTogether() throws IOException {
        Files.writeString(folder.resolve("a"), "old");
        try (OutputFiles files = new OutputFiles()) {
            files.writeString(folder.resolve("a"), "new");
            files.writeString(folder.resolve("b"), "new");
            assertThat(folder.resolve("a")).hasContent("old");
            assertThat(folder.resolve("b")).doesNotExist();
            files.publish();
        }
        assertThat(folder.resolve("a")).hasContent("new");
        assertThat(folder.resolve("b")).hasContent("new");
        assertThat(names()).containsExactly("a", "b");
    }

    @Test
    void aFailureOfTheSecondLeavesTheFirstAsItWas() throws IOException {
        Files.writeString(folder.resolve("a"), "old");
        try (OutputFiles files = new OutputFiles()) {
            files.writeString(folder.resolve("a"), "new");
            files.writeString(folder.resolve("deep/c"), "new");
            assertThatThrownBy(() -> files.write(folder.resolve("b"), out -> {
                        throw new IOException("disk full");
                    }))
                    .hasMessage("disk full");
        }
        assertThat(folder.resolve("a")).hasContent("old");
        assertThat(names()).containsExactly("a");
    }

    @Test
    void aNameThatCannotBeGivenPutsTheOthersBack() throws IOException {
        Files.writeString(folder.resolve("a"), "old");
        try (OutputFiles files = new OutputFiles()) {
            files.writeString(folder.resolve("a"), "new");
            files.writeString(folder.resolve("b"), "new");
            files.writeString(folder.resolve("c"), "new");
            Files.createDirectories(folder.resolve("c/in the way"));
            assertThatThrownBy(files::publish)
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining(folder.resolve("c") + ": cannot be written");
        }
        assertThat(folder.resolve("a")).hasContent("old");
        assertThat(names()).containsExactly("a", "c");
    }

    @Test
    void whatAKilledProcessLeftIsRemovedAndNothingElse() throws IOException {
        Files.writeString(folder.resolve(".b.12345678-abcd.mgn.part"), "half");
        Files.writeString(folder.resolve(".download.part"), "another program's");
        Path mine = folder.resolve("a");
        AtomicFile.write(mine, out -> {
            out.write('1');
            // While a file is being written, another write into this folder leaves it alone.
            AtomicFile.writeString(folder.resolve("c"), "2");
        });
        assertThat(mine).hasContent("1");
        assertThat(names()).containsExactly(".download.part", "a", "c");
    }

    @Test
    void whatAnotherProcessIsWritingStays() throws IOException, InterruptedException {
        Path other = Files.writeString(folder.resolve(".b.12345678-abcd.mgn.part"), "half");
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        other.toString())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("locked");
            AtomicFile.writeString(folder.resolve("a"), "1");
            assertThat(other).exists();
        } finally {
            holder.destroyForcibly();
            assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        AtomicFile.writeString(folder.resolve("a"), "2");
        assertThat(other).doesNotExist();
    }

    /** Locks a file until it is killed. */
    static final class Holder {
        public static void main(String[] args) throws IOException, InterruptedException {
            try (FileChannel channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
                channel.lock();
                System.out.println("locked");
                Thread.sleep(60_000);
            }
        }
    }

    @Test
    void linksStayAndTheirFilesAreReplaced() throws IOException {
        Path real = Files.writeString(
                Files.createDirectories(folder.resolve("elsewhere")).resolve("real"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("elsewhere/real"));
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("elsewhere/made"));
        AtomicFile.writeString(link, "new");
        AtomicFile.writeString(dangling, "new");
        assertThat(link).isSymbolicLink().hasContent("new");
        assertThat(dangling).isSymbolicLink().hasContent("new");
        assertThat(real).hasContent("new");
        Files.createSymbolicLink(folder.resolve("x"), Path.of("y"));
        Files.createSymbolicLink(folder.resolve("y"), Path.of("x"));
        assertThatThrownBy(() -> AtomicFile.writeString(folder.resolve("x"), "1"))
                .isInstanceOf(FileSystemLoopException.class);
        Files.createSymbolicLink(folder.resolve("d"), Path.of("elsewhere"));
        assertThatThrownBy(() -> AtomicFile.writeString(folder.resolve("d"), "1"))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void aPipeIsWrittenToAndStaysAPipe() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Process reader = new ProcessBuilder("cat", pipe.toString()).start();
        AtomicFile.writeString(pipe, "through");
        assertThat(new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("through");
        assertThat(AtomicFile.isStream(pipe)).isTrue();
        assertThatThrownBy(() -> AtomicFile.writeChannel(pipe, channel -> channel.write(ByteBuffer.allocate(1))))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("is a pipe or a device");
    }

    @Test
    void aFullDeviceIsNamed() {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        assertThatThrownBy(() -> AtomicFile.writeString(full, "1"))
                .isInstanceOf(FileSystemException.class)
                .hasMessageStartingWith("/dev/full: cannot be written: ");
        assertThat(AtomicFile.isStream(full)).isTrue();
    }

    @Test
    void theLongestNameOfTheFileSystemWillDo() throws IOException {
        String longest = "ä".repeat(120) + "b".repeat(15);
        assertThat(longest.getBytes(StandardCharsets.UTF_8)).hasSize(255);
        AtomicFile.writeString(folder.resolve(longest), "1");
        assertThat(names()).containsExactly(longest);
        assertThatThrownBy(() -> AtomicFile.writeString(folder.resolve(longest + "b"), "1"))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("too long");
        assertThat(names()).containsExactly(longest);
    }
}
