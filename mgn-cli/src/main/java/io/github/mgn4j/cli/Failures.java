package io.github.mgn4j.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/** Turns exceptions into sentences. */
final class Failures {
    private Failures() {}

    /** Whether other arguments or files would have helped. */
    static boolean isCallersMistake(Throwable e) {
        return e instanceof IllegalArgumentException || e instanceof IOException;
    }

    /** One line that names the thing and says what is wrong. */
    static String sentence(Throwable e) {
        String text = e instanceof FileSystemException file ? sentence(file) : message(e);
        return text.replaceAll("\\s*\\R\\s*", "; ").strip();
    }

    private static String sentence(FileSystemException e) {
        String file = e.getFile() == null ? "file" : e.getFile();
        return file + ": " + or(e.getReason(), reason(e));
    }

    private static String reason(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NotDirectoryException) {
            return "is not a folder";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "the folder is not empty";
        }
        return e instanceof FileAlreadyExistsException ? "exists already" : "cannot be used";
    }

    private static String message(Throwable e) {
        if (e instanceof InvalidPathException path) {
            return path.getInput() + ": is not a path: " + path.getReason();
        }
        return or(e.getMessage(), e.getClass().getSimpleName());
    }

    private static String or(@Nullable String text, String otherwise) {
        return text == null || text.isBlank() ? otherwise : text;
    }
}
