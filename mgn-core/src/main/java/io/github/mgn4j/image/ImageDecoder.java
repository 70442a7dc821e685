package io.github.mgn4j.image;

import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads JPEG, PNG and BMP files into the pixels that Pillow's {@code ImageOps.exif_transpose(Image.open(f)).convert("RGB")}
 * gives. The format is told by the content, not by the name.
 *
 * <ul>
 *   <li>Gray is repeated, palettes are looked up, alpha and transparency are dropped (not blended), colour profiles are
 *       ignored, EXIF orientation is applied.
 *   <li>JPEG: baseline and progressive, Huffman coded, 8 bits; gray, YCbCr, RGB, CMYK and YCCK (both inverted, as Adobe writes
 *       them).
 *   <li>PNG: every colour type, depth and interlacing; of 16 bits the high eight are kept. (Pillow does so too, other than
 *       for 16-bit gray without alpha, which it clips to 255.)
 *   <li>BMP: 1 to 32 bits, any bit masks, RLE4 and RLE8, bottom-up and top-down.
 * </ul>
 *
 * <p>What is refused: files that are truncated or corrupt, of another format, larger than {@value #MAX_BYTES} bytes,
 * longer than {@value #MAX_SIDE} pixels on a side or of more than {@value #MAX_PIXELS} pixels (three quarters of it in CMYK),
 * and JPEGs with so many scans that they would take seconds. Sizes are read from the header and checked before memory is
 * allocated for them. A picture for which the heap has no room is refused like any other.
 *
 * <p>Stateless and thread-safe; nothing is cached on disk.
 */
public final class ImageDecoder {
    /** The largest file that is read. */
    public static final int MAX_BYTES = 1 << 28;

    /** The longest side in pixels; JPEG's own limit. */
    public static final int MAX_SIDE = 65_535;

    /** The most pixels. A person's picture has some thousand; this leaves room for any camera's whole frame. */
    public static final int MAX_PIXELS = 50_000_000;

    private ImageDecoder() {}

    /** An image as it is stored, and the EXIF orientation it is stored in. */
    record Stored(RgbImage image, int orientation) {}

    /**
     * Reads a file.
     *
     * @throws ImageException if it is no image that can be used; the message begins with the path
     * @throws IOException if it cannot be read
     */
    public static RgbImage decode(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new ImageException(FileNames.text(file) + ": a folder, not an image file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return decode(in, FileNames.text(file));
        }
    }

    /**
     * Reads a stream to its end; it is not closed.
     *
     * @param name what messages call the image
     * @throws ImageException if it is no image that can be used; the message begins with the name
     * @throws IOException if reading fails
     */
    public static RgbImage decode(InputStream in, String name) throws IOException {
        try {
            byte[] data = in.readNBytes(MAX_BYTES + 1);
            if (data.length > MAX_BYTES) {
                throw new ImageException("larger than " + MAX_BYTES + " bytes");
            }
            return upright(new ByteReader(data));
        } catch (ImageException e) {
            throw new ImageException(name + ": " + e.getMessage(), e.getCause());
        } catch (OutOfMemoryError e) {
            throw new ImageException(
                    name + ": decoding it takes more memory than is left of the heap's "
                            + (Runtime.getRuntime().maxMemory() >> 20) + " MiB",
                    e);
        }
    }

    /** Where memory does not suffice for all that are decoded at once, those that failed are tried again one by one. */
    private static RgbImage upright(ByteReader file) {
        try {
            return uprightNow(file);
        } catch (OutOfMemoryError e) {
            synchronized (ImageDecoder.class) {
                return uprightNow(file);
            }
        }
    }

    private static RgbImage uprightNow(ByteReader file) {
        Stored stored = decode(file);
        return Exif.upright(stored.image(), stored.orientation());
    }

    private static Stored decode(ByteReader file) {
        if (file.length() == 0) {
            throw new ImageException("the file is empty");
        }
        if (file.startsWith(0, "\u00ff\u00d8\u00ff")) {
            return JpegReader.read(file);
        }
        if (file.startsWith(0, PngReader.SIGNATURE)) {
            return PngReader.read(file);
        }
        if (file.startsWith(0, "BM")) {
            return new Stored(BmpReader.read(file), Exif.UPRIGHT);
        }
        throw new ImageException("not a JPEG, PNG or BMP file"
                + FileKind.of(file.data()).map(kind -> " but " + kind).orElse(""));
    }

    /** Fails for dimensions that no picture of a person has; called before anything is allocated by them. */
    static void checkSize(long width, long height) {
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
            throw new ImageException(
                    "the header claims " + width + "x" + height + " pixels; expected at least 1x1, at most " + MAX_SIDE
                            + " on a side and " + MAX_PIXELS + " in all");
        }
    }
}
