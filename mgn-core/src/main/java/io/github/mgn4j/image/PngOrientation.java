package io.github.mgn4j.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.InflaterInputStream;

/**
 * Reads a PNG's orientation in the order of Pillow: from its EXIF chunk, else from EXIF data written as text, else from
 * XMP. Malformed metadata is ignored.
 */
final class PngOrientation {
    private static final String PROFILE = "Raw profile type exif\0";
    private static final String XMP = "XML:com.adobe.xmp\0";
    private static final Pattern XMP_ORIENTATION = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

    /** Line break, name, length; then hexadecimal digits. */
    private static final int PROFILE_LINES = 3;

    /** The most text that is searched. */
    private static final int LONGEST = 1 << 20;

    private int exif;
    private int profile;
    private int xmp;

    /** Reads a chunk if it may hold the orientation. */
    void read(ByteReader file, int type, int from, int length) {
        int to = from + length;
        if (file.startsWith(type, "eXIf")) {
            exif = Exif.orientation(file, from, to);
        } else if (file.startsWith(type, "tEXt") && file.startsWith(from, PROFILE)) {
            profile = ofProfile(text(file, from + PROFILE.length(), to, false));
        } else if (file.startsWith(type, "zTXt") && file.startsWith(from, PROFILE)) {
            profile = ofProfile(text(file, from + PROFILE.length() + 1, to, true));
        } else if (file.startsWith(type, "iTXt") && file.startsWith(from, XMP)) {
            int language = from + XMP.length() + 2; // behind the flag and the compression method
            int keyword = file.find((byte) 0, language) + 1;
            int text = file.find((byte) 0, keyword) + 1;
            xmp = ofXmp(text(file, text, to, language <= to && file.u8(language - 2) != 0));
        }
    }

    /** Returns the orientation, 1 to 8. */
    int value() {
        int orientation = exif != 0 ? exif : profile != 0 ? profile : xmp;
        return orientation >= Exif.UPRIGHT && orientation <= Exif.LAST ? orientation : Exif.UPRIGHT;
    }

    private static String text(ByteReader file, int from, int to, boolean compressed) {
        if (from >= to) {
            return "";
        }
        ByteArrayInputStream bytes = new ByteArrayInputStream(file.data(), from, to - from);
        try (var in = compressed ? new InflaterInputStream(bytes) : bytes) {
            return new String(in.readNBytes(LONGEST), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static int ofProfile(String text) {
        StringBuilder digits = new StringBuilder();
        text.lines().skip(PROFILE_LINES).forEach(line -> digits.append(line.strip()));
        try {
            ByteReader data = new ByteReader(HexFormat.of().parseHex(digits));
            return Exif.orientation(data, data.startsWith(0, "Exif\0\0") ? 6 : 0, data.length());
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }

    private static int ofXmp(String text) {
        Matcher orientation = XMP_ORIENTATION.matcher(text);
        return orientation.find() ? Integer.parseInt(orientation.group(1)) : 0;
    }
}
