package io.github.mgn4j.io;

import com.google.common.base.CharMatcher;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Writes a file aside and renames it when it is complete and on disk: readers see the old file or the new one. */
public final class AtomicFile {
    private static final int BUFFER = 1 << 16;

    private AtomicFile() {}

    /** Writes a file's contents to a stream. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file's contents to a channel that may seek. */
    @FunctionalInterface
    public interface ChannelContent {
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file through a buffered stream; folders that are missing are made.
     *
     * @throws IOException from the file system or {@code content}; nothing is left behind then
     */
    public static void write(Path file, Content content) throws IOException {
        writeChannel(file, channel -> {
            // Not closed: the channel is forced to disk after the last byte.
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
            content.writeTo(out);
            out.flush();
        });
    }

    /** Writes a text file in UTF-8; as {@link #write}. */
    public static void writeString(Path file, String text) throws IOException {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Writes a file through a channel; as {@link #write}. */
    public static void writeChannel(Path file, ChannelContent content) throws IOException {
        Path target = file.toAbsolutePath();
        Path folder = target.getParent();
        if (Files.isDirectory(target) || folder == null) {
            throw new FileAlreadyExistsException(file.toString(), null, "is a folder");
        }
        List<Path> made = missing(folder);
        Path aside = null;
        try {
            Files.createDirectories(folder);
            // In the locale C, Java can make names of ASCII only.
            String name = CharMatcher.ascii().negate().replaceFrom(FileNames.text(target.getFileName()), '_');
            aside = Files.createTempFile(folder, "." + name + ".", ".part");
            Files.delete(aside); // made again below with the user's own permissions
            try (FileChannel channel = FileChannel.open(
                    aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            if (aside != null) {
                Files.deleteIfExists(aside);
            }
            removeEmpty(made);
        }
    }

    /** The folders on the way that do not exist yet, the deepest first. */
    private static List<Path> missing(Path folder) {
        List<Path> missing = new ArrayList<>();
        for (Path at = folder; at != null && !Files.exists(at); at = at.getParent()) {
            missing.add(at);
        }
        return missing;
    }

    private static void removeEmpty(List<Path> folders) throws IOException {
        for (Path folder : folders) {
            try {
                Files.deleteIfExists(folder);
            } catch (DirectoryNotEmptyException e) {
                return; // the file is there, or somebody else's
            }
        }
    }
}
