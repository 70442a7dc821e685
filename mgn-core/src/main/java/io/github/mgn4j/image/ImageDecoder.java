package io.github.mgn4j.image;

import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Decodes JPEG, PNG and BMP files to the pixels of Pillow's {@code ImageOps.exif_transpose(Image.open(f)).convert("RGB")}.
 * The content determines the format, not the file name.
 *
 * <ul>
 *   <li>Gray is repeated, palettes are looked up, alpha and transparency are dropped (not blended), colour profiles are
 *       ignored, EXIF orientation is applied.
 *   <li>JPEG: baseline and progressive, Huffman coded, 8 bits; gray, YCbCr, RGB, CMYK and YCCK (both inverted, as Adobe writes
 *       them).
 *   <li>PNG: every colour type, depth and interlacing; of 16 bits the high eight are kept. (Pillow does the same, except
 *       for 16-bit gray without alpha, which it clips to 255.)
 *   <li>BMP: 1 to 32 bits, any bit masks, RLE4 and RLE8, bottom-up and top-down.
 * </ul>
 *
 * <p>The decoder rejects files that are truncated, corrupt or of another format. It rejects files larger than
 * {@value #MAX_BYTES} bytes, images longer than {@value #MAX_SIDE} pixels on a side or with more than {@value #MAX_PIXELS}
 * pixels (three quarters of it in CMYK), and JPEGs with so many scans that they would take seconds. Sizes are read from the
 * header and checked before memory is allocated. An image that does not fit into the heap is rejected like any other.
 *
 * <p>Stateless and thread-safe; nothing is cached on disk.
 */
public final class ImageDecoder {
    /** The size of the largest file that is read, in bytes. */
    public static final int MAX_BYTES = 1 << 28;

    /** The length of the longest side in pixels; the limit of JPEG itself. */
    public static final int MAX_SIDE = 65_535;

    /**
     * The largest number of pixels. An image of a person has some thousand; this allows for any camera's whole frame.
     */
    public static final int MAX_PIXELS = 50_000_000;

    private ImageDecoder() {}

    /** An image as stored, and the EXIF orientation of the storage. */
    record Stored(RgbImage image, int orientation) {}

    /**
     * Decodes an image file.
     *
     * @throws ImageException if the file is not a usable image; the message begins with the path
     * @throws IOException if the file cannot be read
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
     * Decodes an image from a stream, which is read to its end and not closed.
     *
     * @param name the image's name in error messages
     * @throws ImageException if the stream does not hold a usable image; the message begins with the name
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

    /**
     * Decodes an image. If memory is exhausted by concurrent calls, the failed ones are repeated one by one.
     */
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

    /** Rejects dimensions beyond the limits; called before memory is allocated. */
    static void checkSize(long width, long height) {
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
            throw new ImageException(
                    "the header claims " + width + "x" + height + " pixels; expected at least 1x1, at most " + MAX_SIDE
                            + " on a side and " + MAX_PIXELS + " in all");
        }
    }
}
