package io.github.mgn4j.internal.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes files that belong together: each is written aside, and all are renamed when the last is complete and on disk. What
 * fails before leaves nothing behind, and the old files as they were. Not thread-safe.
 *
 * <pre>{@code
 * try (OutputFiles files = new OutputFiles()) {
 *     files.writeString(a, "one");
 *     files.writeString(b, "two");
 *     files.publish();
 * }
 * }</pre>
 *
 * <p>What a process that was killed left aside, {@code .NAME.ID.mgn.part}, is removed by the next one that writes into that
 * folder.
 */
public final class OutputFiles implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final List<Aside> asides = new ArrayList<>();
    private final Set<Path> cleaned = new HashSet<>();
    private final List<Path> made = new ArrayList<>();

    /** Writes a file aside, through a buffered stream; folders that are missing are made. */
    public void write(Path file, AtomicFile.Content content) throws IOException {
        if (AtomicFile.isStream(file)) {
            try (OutputStream out = new NamedStream(file, Files.newOutputStream(file));
                    OutputStream buffered = new BufferedOutputStream(out, BUFFER)) {
                content.writeTo(buffered);
            }
            return;
        }
        writeChannel(file, channel -> {
            // Not closed: the channel is forced to disk after the last byte.
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
            content.writeTo(out);
            out.flush();
        });
    }

    /** Writes a text file in UTF-8 aside; as {@link #write}. */
    public void writeString(Path file, String text) throws IOException {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Writes a file aside through a channel; as {@link #write}, but a pipe or a device is refused. */
    public void writeChannel(Path file, AtomicFile.ChannelContent content) throws IOException {
        if (AtomicFile.isStream(file)) {
            throw new FileSystemException(
                    file.toString(), null, "is a pipe or a device, expected a regular file, which can seek");
        }
        Path target = AtomicFile.target(file);
        Path folder = target.getParent();
        if (folder == null) {
            throw new FileSystemException(file.toString(), null, "is a folder, expected a file to write");
        }
        addMissing(folder);
        Files.createDirectories(folder);
        if (cleaned.add(folder)) {
            Aside.clean(folder);
        }
        Aside aside = Aside.create(file, target);
        asides.add(aside);
        content.writeTo(aside);
        aside.force();
    }

    /** Folders on the way that do not exist yet, the deepest first. */
    private void addMissing(Path folder) {
        int at = 0;
        for (@Nullable Path missing = folder;
                missing != null && !Files.exists(missing);
                missing = missing.getParent()) {
            made.add(at++, missing);
        }
    }

    /**
     * Gives the files their names, in the order in which they were written; they take the places of old ones.
     *
     * @throws IOException if one cannot have its name; then the old files are put back
     */
    public void publish() throws IOException {
        boolean together = asides.size() > 1;
        try {
            for (Aside aside : asides) {
                aside.publish(together);
            }
        } catch (IOException e) {
            for (Aside aside : asides) {
                aside.revoke();
            }
            throw e;
        }
    }

    /** Removes what has not been published. */
    @Override
    public void close() throws IOException {
        for (Aside aside : asides) {
            aside.close();
        }
        for (Path folder : made) {
            try {
                Files.deleteIfExists(folder);
            } catch (DirectoryNotEmptyException e) {
                // The files are there, or another process's.
            }
        }
    }

    /** A stream whose failures name the file. */
    private static final class NamedStream extends OutputStream {
        private final Path file;
        private final OutputStream out;

        NamedStream(Path file, OutputStream out) {
            this.file = file;
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                out.write(bytes, from, length);
            } catch (IOException e) {
                throw Aside.named(file, e);
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
