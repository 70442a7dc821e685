package io.github.mgn4j.data;

import io.github.mgn4j.internal.io.FileNames;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Finds the camera in an image's path. */
final class CameraPattern {
    /** The number after {@code _c} in the file's name, which is optional. */
    static final CameraPattern DEFAULT = new CameraPattern(Pattern.compile("_c(\\d{1,8})(?!\\d)"), false);

    private final Pattern pattern;
    private final boolean required;

    private CameraPattern(Pattern pattern, boolean required) {
        this.pattern = pattern;
        this.required = required;
    }

    /**
     * Creates a user-defined pattern, which must occur in every path.
     *
     * @throws DatasetException if it is not a regular expression with a group
     */
    static CameraPattern of(String regex) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new DatasetException("camera pattern '" + regex + "': " + e.getDescription(), e);
        }
        DatasetException.check(
                pattern.matcher("").groupCount() >= 1,
                "camera pattern '%s': a group expected around the camera, such as cam(\\d+)",
                regex);
        return new CameraPattern(pattern, true);
    }

    /** Finds the camera, as {@link #find(String, String)} does, of a file in the data set's folder. */
    String find(Path root, Path file) {
        // The names of a million files are quickly created, their relative paths are not.
        return required ? find(FileNames.relative(root, file), FileNames.text(file)) : find(Folders.fileName(file), "");
    }

    /**
     * Returns the camera's number or name, or an empty text.
     *
     * @param path path of the image within the data set, with {@code /}; {@link #DEFAULT} reads only its last part
     * @param where the image's name in messages
     * @throws DatasetException if a user-defined pattern does not occur in the path
     */
    String find(String path, String where) {
        Matcher matcher = pattern.matcher(required ? path : path.substring(path.lastIndexOf('/') + 1));
        String camera = matcher.find() ? matcher.group(1) : null;
        DatasetException.check(
                !required || (camera != null && !camera.isEmpty()),
                "%s: no camera: the pattern %s does not occur in %s",
                where,
                pattern,
                path);
        return camera == null ? "" : camera;
    }
}
