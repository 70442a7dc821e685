package io.github.mgn4j.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
    @TempDir
    Path folder;

    @Test
    void oneHolderInAProcess() throws IOException {
        try (FolderLock lock = FolderLock.acquire(folder)) {
            assertThatThrownBy(() -> FolderLock.acquire(folder))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining(
                            "by process " + ProcessHandle.current().pid());
            assertThat(lock.isHeld()).isTrue();
        }
        assertThat(folder).isEmptyDirectory();
        FolderLock.acquire(folder).close();
    }

    @Test
    void oneHolderAmongProcessesAndNoneOnceItIsKilled() throws IOException, InterruptedException {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("held");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> FolderLock.acquire(folder))
                        .isInstanceOf(FileSystemException.class)
                        .hasMessage("%s: is being written to by process %d: wait for its end, or name another folder"
                                .formatted(folder, other.pid()));
            }
        } finally {
            other.destroyForcibly();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        FolderLock.acquire(folder).close();
        assertThat(folder).isEmptyDirectory();
    }

    /** Holds a folder until it is killed. */
    static final class Holder {
        public static void main(String[] args) throws IOException, InterruptedException {
            try (FolderLock lock = FolderLock.acquire(Path.of(args[0]))) {
                System.out.println(lock.isHeld() ? "held" : "lost");
                Thread.sleep(60_000);
            }
        }
    }

    @Test
    void aFolderThatWasReplacedIsNotHeld() throws IOException {
        FolderLock lock = FolderLock.acquire(folder);
        Files.delete(folder.resolve(".mgn.lock"));
        assertThatThrownBy(lock::checkHeld)
                .hasMessage(folder + ": was removed or replaced while it was being written to");
        Files.writeString(folder.resolve(".mgn.lock"), "another's");
        assertThat(lock.isHeld()).isFalse();
        lock.close();
        assertThat(folder.resolve(".mgn.lock")).exists();
    }
}
