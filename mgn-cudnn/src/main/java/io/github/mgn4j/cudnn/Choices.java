package io.github.mgn4j.cudnn;

import com.google.common.base.Splitter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The measured kernel choices of one GPU model and version of cuDNN, one line {@code SHAPE = LABEL} each, in a file of
 * the {@link DiskCache}. A damaged file, or one of another version, counts as empty and is replaced. Thread-safe.
 */
final class Choices {
    private static final Logger LOG = LoggerFactory.getLogger(Choices.class);
    private static final String SEPARATOR = " = ";

    private final DiskCache cache;
    private final String file;
    private final String header;
    private final Map<String, String> labels = new ConcurrentHashMap<>();

    Choices(DiskCache cache, String gpu, long cudnnVersion) {
        this.cache = cache;
        file = "choices-" + gpu + ".txt";
        header = "# mgn4j kernels 1, cuDNN " + cudnnVersion;
        byte[] content = cache.read(file);
        if (content != null) {
            read(new String(content, StandardCharsets.UTF_8));
        }
    }

    private void read(String text) {
        boolean first = true;
        for (String line : Splitter.on('\n').omitEmptyStrings().split(text)) {
            int at = line.indexOf(SEPARATOR);
            if (first ? !line.equals(header) : at < 0) {
                LOG.debug(
                        "the cached choices in {} are not of this version, or damaged: they are measured again", file);
                labels.clear();
                return;
            }
            if (!first) {
                labels.put(line.substring(0, at), line.substring(at + SEPARATOR.length()));
            }
            first = false;
        }
    }

    /** Returns the choice for a shape, or null if none was measured. */
    @Nullable
    String get(ConvolutionShape shape) {
        return labels.get(shape.key());
    }

    void put(ConvolutionShape shape, String label) {
        labels.put(shape.key(), label);
    }

    /** Removes a choice that can no longer be used. */
    void remove(ConvolutionShape shape) {
        labels.remove(shape.key());
    }

    /** Writes the file. */
    void save() {
        StringBuilder text = new StringBuilder(header).append('\n');
        new TreeMap<>(labels)
                .forEach((key, label) ->
                        text.append(key).append(SEPARATOR).append(label).append('\n'));
        cache.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
