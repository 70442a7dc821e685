package io.github.mgn4j.cli;

import io.github.mgn4j.engine.DeviceException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns exceptions into sentences. */
final class Failures {
    /** How picocli lists the values of an enum. */
    private static final Pattern ENUM = Pattern.compile("(\\[[A-Z0-9, _]+]) \\(case-insensitive\\)");

    private Failures() {}

    /** Whether other arguments or files would have helped. */
    static boolean isCallersMistake(Throwable e) {
        return e instanceof IllegalArgumentException || e instanceof IOException;
    }

    /** One line that names the thing and says what is wrong. */
    static String sentence(Throwable e) {
        String text;
        if (e instanceof ParameterException call) {
            text = sentence(call);
        } else {
            text = e instanceof FileSystemException file ? sentence(file) : message(e);
        }
        return text.replaceAll("\\s*\\R\\s*", "; ").strip();
    }

    /** What failed that nobody could have prevented with other arguments, in one line. */
    static String unexpected(Throwable e) {
        Throwable cause = e;
        while ((cause instanceof LinkageError || cause.getMessage() == null) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String text = cause instanceof OutOfMemoryError
                ? "out of memory (" + or(cause.getMessage(), "heap")
                        + "): a smaller --batch or p x k helps, or MGN_JAVA_OPTS=-Xmx8g for a larger heap"
                : "unexpected failure: " + cause;
        return text.replaceAll("\\s*\\R\\s*", "; ").strip();
    }

    private static String sentence(ParameterException e) {
        String text = message(e);
        if (e instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            text = "unknown " + (first.startsWith("-") ? "option" : "argument") + " '" + first + "'";
        }
        text = ENUM.matcher(text.replaceFirst("^Error: ", ""))
                .replaceAll(match -> Matcher.quoteReplacement(match.group(1).toLowerCase(Locale.ROOT)));
        return text + "; see ./" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
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
        String text = or(e.getMessage(), e.getClass().getSimpleName());
        return e instanceof DeviceException ? "--device: " + text : text;
    }

    private static String or(@Nullable String text, String otherwise) {
        return text == null || text.isBlank() ? otherwise : text;
    }
}
