package io.github.mgn4j.data;

import io.github.mgn4j.internal.io.FileNames;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Where in an image's path its camera stands. */
final class CameraPattern {
    /** The number after {@code _c} in the file's name; an image may do without. */
    static final CameraPattern DEFAULT = new CameraPattern(Pattern.compile("_c(\\d{1,8})(?!\\d)"), false);

    private final Pattern pattern;
    private final boolean required;

    private CameraPattern(Pattern pattern, boolean required) {
        this.pattern = pattern;
        this.required = required;
    }

    /**
     * Somebody's own pattern, which has to occur in every path.
     *
     * @throws DatasetException when it is no regular expression with a group
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
                "camera pattern '%s': a group wanted around the camera, such as cam(\\d+)",
                regex);
        return new CameraPattern(pattern, true);
    }

    /** As {@link #find(String, String)}, of a file in the data set's folder. */
    String find(Path root, Path file) {
        // The names of a million files are quickly made, their relative paths are not.
        return required ? find(FileNames.relative(root, file), FileNames.text(file)) : find(Folders.fileName(file), "");
    }

    /**
     * The camera's number or name, or nothing.
     *
     * @param path of the image within the data set, with {@code /}; only its last part counts for {@link #DEFAULT}
     * @param where what messages call the image
     * @throws DatasetException when somebody's own pattern does not occur in it
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
