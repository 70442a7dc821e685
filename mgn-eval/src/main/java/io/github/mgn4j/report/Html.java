package io.github.mgn4j.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Base64;

/** Helpers for HTML. */
final class Html {
    private Html() {}

    /**
     * Escapes text for use between tags and inside quoted attributes. Characters that XML does not allow are dropped.
     */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> {
                    if (c >= ' ' || c == '\n' || c == '\t') {
                        escaped.appendCodePoint(c);
                    }
                }
            }
        });
        return escaped.toString();
    }

    /** Formats a rate as a percentage with the digits it needs: "0.01%". */
    static String percent(double rate) {
        return new BigDecimal(100 * rate)
                        .round(new MathContext(3))
                        .stripTrailingZeros()
                        .toPlainString() + "%";
    }

    /** Returns a JPEG as the source of an image element. */
    static String dataUri(byte[] jpeg) {
        return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg);
    }
}
