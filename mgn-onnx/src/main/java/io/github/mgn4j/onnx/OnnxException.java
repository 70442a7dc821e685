package io.github.mgn4j.onnx;

import com.google.errorprone.annotations.FormatMethod;

/** A network that an ONNX file cannot hold, or options that do not go together; the message says which and why. */
public final class OnnxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public OnnxException(String message) {
        super(message);
    }

    @FormatMethod
    static void check(boolean holds, String format, Object... args) {
        if (!holds) {
            throw new OnnxException(format.formatted(args));
        }
    }
}
