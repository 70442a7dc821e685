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
 * Writes files that belong together. Each is written beside its target, and all are renamed once the last is complete and on
 * disk. An earlier failure leaves nothing behind and the old files unchanged. Not thread-safe.
 *
 * <pre>{@code
 * try (OutputFiles files = new OutputFiles()) {
 *     files.writeString(a, "one");
 *     files.writeString(b, "two");
 *     files.publish();
 * }
 * }</pre>
 *
 * <p>Temporary files of a killed process, {@code .NAME.ID.mgn.part}, are removed by the next process that writes into that
 * folder.
 */
public final class OutputFiles implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final List<Aside> asides = new ArrayList<>();
    private final Set<Path> cleaned = new HashSet<>();
    private final List<Path> created = new ArrayList<>();

    /** Writes a temporary file through a buffered stream and creates missing folders. */
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

    /** Writes a temporary text file in UTF-8, as {@link #write} does. */
    public void writeString(Path file, String text) throws IOException {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Writes a temporary file through a channel, as {@link #write} does, but rejects pipes and devices. */
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

    /** Adds the missing parent folders, the deepest first. */
    private void addMissing(Path folder) {
        int at = 0;
        for (@Nullable Path missing = folder;
                missing != null && !Files.exists(missing);
                missing = missing.getParent()) {
            created.add(at++, missing);
        }
    }

    /**
     * Renames the files to their targets in the order in which they were written, replacing old ones.
     *
     * @throws IOException if a file cannot be renamed; the old files are restored then
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

    /** Removes the files that have not been published. */
    @Override
    public void close() throws IOException {
        for (Aside aside : asides) {
            aside.close();
        }
        for (Path folder : created) {
            try {
                Files.deleteIfExists(folder);
            } catch (DirectoryNotEmptyException e) {
                // The folder is not empty, or belongs to another process.
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
