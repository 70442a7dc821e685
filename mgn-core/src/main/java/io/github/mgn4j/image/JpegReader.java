package io.github.mgn4j.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/**
 * Reads JPEG. The Java runtime's own reader (libjpeg) decodes an image that is stripped of all metadata, so that only the
 * coded data can influence it. The colour space of the components is decided here, by libjpeg's rules as Pillow uses them.
 * The usual kind, YCbCr with samplings that every libjpeg enlarges alike, is declared as such, and libjpeg converts it to
 * RGB. Other kinds are declared to have no colour space and are converted here. Tests verify this on runtimes with libjpeg
 * 6b and with libjpeg-turbo.
 */
final class JpegReader {
    /** libjpeg needs at least one bit for an 8x8 block. */
    private static final long MAX_PIXELS_PER_BYTE = 512;

    /** Encoders write about ten, and eighteen for CMYK. */
    private static final int MAX_SCANS = 100;

    /**
     * Each scan is a pass over all samples of its components, some nanoseconds each. The scans of any encoder stay within this
     * limit even for the largest images.
     */
    private static final long MAX_VISITS = 1L << 30;

    /** The samples held at once; libjpeg holds twice as many bytes of coefficients. */
    private static final long MAX_SAMPLES = (long) RgbImage.CHANNELS * ImageDecoder.MAX_PIXELS;

    private static final int START = 0xd8;
    private static final int END = 0xd9;
    private static final int SCAN = 0xda;
    private static final int ADOBE_MARKER = 0xee;

    /**
     * The beginning of every file passed to libjpeg: an Adobe segment, initially with unconverted components.
     */
    private static final byte[] HEAD = {
        (byte) 0xff,
        (byte) START,
        (byte) 0xff,
        (byte) ADOBE_MARKER,
        0,
        14,
        'A',
        'd',
        'o',
        'b',
        'e',
        0,
        100,
        0,
        0,
        0,
        0,
        0
    };

    private static final int TRANSFORM = HEAD.length - 1;
    private static final int YCC = 1;

    private static final ColorModel SRGB = new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);

    private final ByteReader file;
    /** The input of libjpeg: the head and the file's segments that pixels depend on. */
    private final byte[] bare;

    private int bareLength;
    private int width;
    private int height;
    private int components;
    private int ids;
    private final int[] sampling = new int[4];
    private boolean jfif;
    private int adobeTransform = -1;
    private int orientation;
    private int scans;
    private long visits;

    private JpegReader(ByteReader file) {
        this.file = file;
        this.bare = new byte[HEAD.length + file.length()];
    }

    static ImageDecoder.Stored read(ByteReader file) {
        JpegReader reader = new JpegReader(file);
        reader.readSegments();
        RgbImage image = reader.isPlain() ? reader.readRgb() : reader.convert(reader.readComponents());
        return new ImageDecoder.Stored(image, Math.max(Exif.UPRIGHT, reader.orientation));
    }

    /** Parses the segments, keeps those that pixels depend on and records what the others say about them. */
    private void readSegments() {
        append(HEAD, 0, HEAD.length);
        int at = 2;
        while (true) {
            at = nextMarker(at);
            int marker = file.u8(at - 1);
            if (marker == END) {
                append(file.data(), at - 2, 2);
                break;
            }
            if (marker == START || marker == 1 || (marker >= 0xd0 && marker <= 0xd7)) {
                continue;
            }
            int length = file.u16(at);
            file.need(at, Math.max(2, length));
            if (length < 2) {
                throw new ImageException("corrupt JPEG: a segment of " + length + " bytes at byte " + at);
            }
            int end = at + length;
            if (marker >= 0xe0 && marker <= 0xef) {
                readApplicationData(marker, at + 2, end);
            } else if (marker != 0xfe) {
                if (isFrame(marker)) {
                    readFrame(marker, at + 2, end);
                }
                end = marker == SCAN ? endOfScan(at + 2, end) : end;
                append(file.data(), at - 2, end - at + 2);
            }
            at = end;
        }
        if (components == 0 || scans == 0) {
            throw new ImageException("corrupt JPEG: no picture before its end");
        }
        if ((long) width * height > file.length() * MAX_PIXELS_PER_BYTE) {
            throw new ImageException(
                    "truncated JPEG: " + file.length() + " bytes cannot hold " + width + "x" + height + " pixels");
        }
    }

    private void append(byte[] source, int from, int count) {
        System.arraycopy(source, from, bare, bareLength, count);
        bareLength += count;
    }

    /**
     * Returns the position after the next marker; stray bytes between segments are skipped, as in libjpeg.
     */
    private int nextMarker(int from) {
        for (int i = file.find((byte) 0xff, from); i + 1 < file.length(); i = file.find((byte) 0xff, i + 1)) {
            int code = file.u8(i + 1);
            if (code != 0 && code != 0xff) {
                return i + 2;
            }
        }
        throw new ImageException("truncated JPEG: no end-of-image marker");
    }

    /**
     * Returns the position of the first marker after a scan's header and coded data, apart from restart markers.
     */
    private int endOfScan(int header, int end) {
        visits += (long) width * height * file.u8(header);
        if (++scans > MAX_SCANS || visits > MAX_VISITS) {
            throw new ImageException("unsupported JPEG: " + scans + " scans of " + width + "x" + height
                    + " pixels take too long; expected at most " + MAX_SCANS + " and " + MAX_VISITS
                    + " samples in all");
        }
        int at = end;
        while (true) {
            at = nextMarker(at);
            int code = file.u8(at - 1);
            if (code < 0xd0 || code > 0xd7) {
                return at - 2;
            }
        }
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private void readFrame(int marker, int from, int end) {
        if (marker > 0xc2) {
            throw new ImageException("unsupported JPEG: process " + (marker - 0xc0)
                    + " (lossless, hierarchical or arithmetic), expected baseline or progressive");
        }
        if (components != 0) {
            throw new ImageException("corrupt JPEG: two frames");
        }
        file.need(from, 6);
        height = file.u16(from + 1);
        width = file.u16(from + 3);
        ImageDecoder.checkSize(width, height);
        components = file.u8(from + 5);
        if (file.u8(from) != 8 || (components != 1 && components != 3 && components != 4)) {
            throw new ImageException("unsupported JPEG: " + components + " components of " + file.u8(from)
                    + " bits, expected 1, 3 or 4 of 8");
        }
        if ((long) width * height * components > MAX_SAMPLES) {
            throw new ImageException("unsupported JPEG: " + width + "x" + height + " pixels of " + components
                    + " components, expected at most " + MAX_SAMPLES + " samples");
        }
        if (end - from != 6 + 3 * components) {
            throw new ImageException("corrupt JPEG: a frame header of " + (end - from) + " bytes");
        }
        for (int i = 0; i < components; i++) {
            ids = ids << 8 | file.u8(from + 6 + 3 * i);
            sampling[i] = file.u8(from + 7 + 3 * i);
        }
    }

    private void readApplicationData(int marker, int from, int end) {
        if (marker == 0xe0 && end - from >= 12 && file.startsWith(from, "JFIF\0")) {
            jfif = true;
        } else if (marker == 0xe1 && orientation == 0 && file.startsWith(from, "Exif\0")) {
            orientation = Math.max(Exif.UPRIGHT, Exif.orientation(file, from + 6, end));
        } else if (marker == ADOBE_MARKER && end - from >= 12 && file.startsWith(from, "Adobe")) {
            adobeTransform = file.u8(from + 11);
        }
    }

    /** Returns whether libjpeg itself produces the correct RGB pixels. */
    private boolean isPlain() {
        return components == 3 && isYcc() && !hasTallComponents();
    }

    private RgbImage readRgb() {
        bare[TRANSFORM] = YCC;
        byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
        WritableRaster raster = Raster.createInterleavedRaster(
                new DataBufferByte(rgb, rgb.length), width, height, 3 * width, 3, new int[] {0, 1, 2}, null);
        BufferedImage target = new BufferedImage(SRGB, raster, false, null);
        decode(reader -> {
            if (reader.getWidth(0) != width || reader.getHeight(0) != height) {
                throw new ImageException("corrupt JPEG: contradicting headers");
            }
            ImageReadParam parameters = reader.getDefaultReadParam();
            parameters.setDestination(target);
            return reader.read(0, parameters);
        });
        return RgbImage.adopt(width, height, rgb);
    }

    /** Returns the interleaved components, enlarged to the size of the image. */
    private byte[] readComponents() {
        Raster raster = decode(reader -> reader.readRaster(0, null));
        if (raster.getWidth() != width || raster.getHeight() != height || raster.getNumBands() != components) {
            throw new ImageException("corrupt JPEG: contradicting headers");
        }
        byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
        if (samples.length != width * height * components) {
            throw new IllegalStateException("this Java runtime's JPEG reader gives samples that are not interleaved");
        }
        interpolateTallComponents(samples);
        return samples;
    }

    /** A request to the runtime's reader. */
    private interface Request<T> {
        T of(ImageReader reader) throws IOException;
    }

    private <T> T decode(Request<T> request) {
        ImageReader reader = runtimeReader();
        // libjpeg continues after damage, filling in gray, and warns.
        String[] warning = {""};
        reader.addIIOReadWarningListener((source, text) -> {
            String lower = text.toLowerCase(Locale.ROOT);
            if ((lower.contains("corrupt") || lower.contains("premature")) && !lower.contains("extraneous")) {
                warning[0] = text;
                reader.abort();
            }
        });
        T decoded;
        try (ArrayStream in = new ArrayStream(bare, bareLength)) {
            reader.setInput(in, true, true);
            decoded = request.of(reader);
        } catch (ImageException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The runtime's reader also fails with unchecked exceptions on some damaged files.
            throw new ImageException("corrupt JPEG: " + (warning[0].isEmpty() ? e.getMessage() : warning[0]), e);
        } finally {
            reader.dispose();
        }
        if (!warning[0].isEmpty()) {
            throw new ImageException("corrupt JPEG: " + warning[0]);
        }
        return decoded;
    }

    /** Returns the runtime's own reader, without instantiating those of other image libraries. */
    private static ImageReader runtimeReader() {
        Iterator<ImageReaderSpi> readers = IIORegistry.getDefaultInstance()
                .getServiceProviders(
                        ImageReaderSpi.class,
                        spi -> spi.getClass().getName().equals("com.sun.imageio.plugins.jpeg.JPEGImageReaderSpi"),
                        false);
        try {
            if (readers.hasNext()) {
                return readers.next().createReaderInstance();
            }
        } catch (IOException e) {
            throw new IllegalStateException("this Java runtime's JPEG reader cannot be made", e);
        }
        throw new IllegalStateException("this Java runtime has no JPEG reader; is its module java.desktop missing?");
    }

    private boolean hasTallComponents() {
        return IntStream.range(0, components).anyMatch(this::isTall);
    }

    private void interpolateTallComponents(byte[] samples) {
        for (int i = 0; i < components; i++) {
            if (isTall(i)) {
                VerticalChromaUpsampling.interpolate(samples, width, height, components, i);
            }
        }
    }

    /** Returns whether a component has all columns and half the rows. */
    private boolean isTall(int component) {
        int across = 0;
        int down = 0;
        for (int each : sampling) {
            across = Math.max(across, each >> 4);
            down = Math.max(down, each & 15);
        }
        return sampling[component] >> 4 == across && 2 * (sampling[component] & 15) == down;
    }

    private RgbImage convert(byte[] samples) {
        byte[] rgb = components == 3 ? samples : new byte[width * height * RgbImage.CHANNELS];
        switch (components) {
            case 1 -> {
                for (int i = 0; i < samples.length; i++) {
                    rgb[3 * i] = samples[i];
                    rgb[3 * i + 1] = samples[i];
                    rgb[3 * i + 2] = samples[i];
                }
            }
            case 3 -> {
                if (isYcc()) {
                    JpegColours.yccToRgb(samples, 3);
                }
            }
            default -> {
                if (adobeTransform > 0) {
                    JpegColours.ycckToCmyk(samples);
                }
                JpegColours.invertedCmykToRgb(samples, rgb);
            }
        }
        return RgbImage.adopt(width, height, rgb);
    }

    /** Returns whether three components are YCC by libjpeg's rules. */
    private boolean isYcc() {
        if (jfif) {
            return true;
        }
        if (adobeTransform >= 0) {
            return adobeTransform != 0;
        }
        return ids != ('R' << 16 | 'G' << 8 | 'B');
    }
}
