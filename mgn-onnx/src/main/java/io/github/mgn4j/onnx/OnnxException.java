package io.github.mgn4j.onnx;

import com.google.errorprone.annotations.FormatMethod;

/** Thrown for networks that an ONNX file cannot hold and for incompatible options. The message gives the reason. */
public final class OnnxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
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
