package io.github.mgn4j.cli;

import io.github.mgn4j.engine.DeviceException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns exceptions into messages. */
final class Failures {
    /** Picocli's list of the values of an enum. */
    private static final Pattern ENUM = Pattern.compile("(\\[[A-Z0-9, _]+]) \\(case-insensitive\\)");

    private Failures() {}

    /** Returns whether other arguments or files would have helped. */
    static boolean isCallersMistake(Throwable e) {
        return e instanceof IllegalArgumentException || e instanceof IOException;
    }

    /** Returns one line that names the object and the problem. */
    static String sentence(Throwable e) {
        String text;
        if (e instanceof ParameterException call) {
            text = sentence(call);
        } else {
            text = e instanceof FileSystemException file ? sentence(file) : message(e);
        }
        return text.replaceAll("\\s*\\R\\s*", "; ").strip();
    }

    /** Returns one line about a failure that no other arguments could have prevented. */
    static String unexpected(Throwable e) {
        Throwable cause = e;
        while ((cause instanceof LinkageError
                        || cause.getMessage() == null
                        || cause.getMessage().startsWith("ND4J is probably missing dependencies"))
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (tooManyFiles(e)) {
            return "too many files are open: raise the limit, 'ulimit -n 1024'";
        }
        String text = cause instanceof OutOfMemoryError
                ? "out of memory (" + or(cause.getMessage(), "heap")
                        + "): a smaller --batch or p x k helps, or MGN_JAVA_OPTS=-Xmx8g for a larger heap"
                : "unexpected failure: " + cause
                        + (cause instanceof UnsatisfiedLinkError
                                ? "; natives are unpacked into ~/.javacpp/cache: is there room, may it be written?"
                                : "");
        return text.replaceAll("\\s*\\R\\s*", "; ").strip();
    }

    private static boolean tooManyFiles(Throwable e) {
        for (Throwable current = e; current != null; current = current.getCause()) {
            if (String.valueOf(current.getMessage()).contains("Too many open files")) {
                return true;
            }
        }
        return false;
    }

    private static String sentence(ParameterException e) {
        String text = message(e);
        // A mistyped option is also reported as missing, which is less helpful.
        Optional<String> unknown = unmatched(e).stream()
                .filter(word -> e instanceof UnmatchedArgumentException || word.startsWith("-"))
                .findFirst();
        if (unknown.isPresent()) {
            String first = unknown.get();
            boolean isOption = first.startsWith("-");
            text = "unknown " + (isOption ? "option" : "argument") + " '" + first + "'"
                    + suggestion(first, isOption, e.getCommandLine());
        }
        text = ENUM.matcher(text.replaceFirst("^Error: ", ""))
                .replaceAll(match -> Matcher.quoteReplacement(match.group(1).toLowerCase(Locale.ROOT)));
        return text + "; see ./" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
    }

    private static List<String> unmatched(ParameterException e) {
        return e instanceof UnmatchedArgumentException unmatched
                ? unmatched.getUnmatched()
                : e instanceof MissingParameterException ? e.getCommandLine().getUnmatchedArguments() : List.of();
    }

    private static String suggestion(String word, boolean isOption, CommandLine command) {
        Set<String> names = isOption
                ? command.getCommandSpec().optionsMap().keySet()
                : command.getSubcommands().keySet();
        return Suggestions.nearest(word.replaceFirst("=.*", ""), names)
                .map(nearest -> " (did you mean " + nearest + "?)")
                .orElse("");
    }

    private static String sentence(FileSystemException e) {
        String file = e.getFile() == null ? "file" : Printable.line(e.getFile());
        return file + ": " + or(e.getReason(), reason(e));
    }

    private static String reason(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (e instanceof FileSystemLoopException) {
            return "symbolic links that lead in a circle";
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
        return e instanceof FileAlreadyExistsException ? "exists already" : "cannot be read or written";
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
