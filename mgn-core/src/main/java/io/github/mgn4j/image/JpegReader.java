package io.github.mgn4j.image;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * JPEG. The Java runtime's own reader (libjpeg) decodes the components, in an image that is stripped of all metadata and
 * declared to be in no particular colour space, so that nothing but the coded data can influence it; what the components
 * mean is decided and converted here, as libjpeg does and Pillow uses it. Tests hold this for runtimes with libjpeg 6b and
 * with libjpeg-turbo.
 */
final class JpegReader {
    /** The least that libjpeg can need for an 8x8 block is a bit. */
    private static final long MAX_PIXELS_PER_BYTE = 512;

    /** Each scan is a pass over the whole picture; encoders write about ten. */
    private static final int MAX_SCANS = 100;

    private static final int START = 0xd8;
    private static final int END = 0xd9;
    private static final int SCAN = 0xda;
    private static final int ADOBE_MARKER = 0xee;

    /** An Adobe segment that says: components as they are. */
    private static final byte[] AS_IS = {
        (byte) 0xff, (byte) ADOBE_MARKER, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
    };

    private final Bytes file;
    private final ByteArrayOutputStream bare;
    private int width;
    private int height;
    private int components;
    private int ids;
    private final int[] sampling = new int[4];
    private boolean jfif;
    private int adobeTransform = -1;
    private int orientation;
    private int scans;

    private JpegReader(Bytes file) {
        this.file = file;
        this.bare = new ByteArrayOutputStream(file.length() + AS_IS.length);
    }

    static ImageDecoder.Stored read(Bytes file) {
        JpegReader reader = new JpegReader(file);
        reader.readSegments();
        byte[] samples = reader.readComponents();
        reader.interpolateTallComponents(samples);
        RgbImage image = reader.convert(samples);
        return new ImageDecoder.Stored(image, Math.max(Exif.UPRIGHT, reader.orientation));
    }

    /** Walks from marker to marker, keeps what the pixels need and notes what the rest says about them. */
    private void readSegments() {
        marker(START);
        bare.writeBytes(AS_IS);
        int at = 2;
        while (true) {
            at = nextMarker(at);
            int marker = file.u8(at - 1);
            if (marker == END) {
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
                end = marker == SCAN ? endOfScan(end) : end;
                marker(marker);
                bare.write(file.data(), at, end - at);
            }
            at = end;
        }
        marker(END);
        if (components == 0 || scans == 0) {
            throw new ImageException("corrupt JPEG: no picture before its end");
        }
        if ((long) width * height > file.length() * MAX_PIXELS_PER_BYTE) {
            throw new ImageException(
                    "truncated JPEG: " + file.length() + " bytes cannot hold " + width + "x" + height + " pixels");
        }
    }

    private void marker(int marker) {
        bare.write(0xff);
        bare.write(marker);
    }

    /** The place after the next marker; bytes between segments that belong to none are passed over, as libjpeg does. */
    private int nextMarker(int from) {
        for (int i = from; i + 1 < file.length(); i++) {
            int code = file.u8(i + 1);
            if (file.u8(i) == 0xff && code != 0 && code != 0xff) {
                return i + 2;
            }
        }
        throw new ImageException("truncated JPEG: no end-of-image marker");
    }

    /** The place of the first marker after coded data, restart markers aside. */
    private int endOfScan(int from) {
        if (++scans > MAX_SCANS) {
            throw new ImageException("unsupported JPEG: more than " + MAX_SCANS + " scans");
        }
        int at = from;
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
            orientation = Exif.orientation(file, from + 6, end);
        } else if (marker == ADOBE_MARKER && end - from >= 12 && file.startsWith(from, "Adobe")) {
            adobeTransform = file.u8(from + 11);
        }
    }

    /** The interleaved components, enlarged to the picture's size. */
    private byte[] readComponents() {
        ImageReader reader = runtimeReader();
        // libjpeg goes on after damage, filling in gray, and warns.
        String[] warning = {""};
        reader.addIIOReadWarningListener((source, text) -> {
            String lower = text.toLowerCase(Locale.ROOT);
            if ((lower.contains("corrupt") || lower.contains("premature")) && !lower.contains("extraneous")) {
                warning[0] = text;
                reader.abort();
            }
        });
        byte[] interleaved;
        try (MemoryCacheImageInputStream in =
                new MemoryCacheImageInputStream(new ByteArrayInputStream(bare.toByteArray()))) {
            reader.setInput(in, true, true);
            Raster raster = reader.readRaster(0, null);
            if (raster.getWidth() != width || raster.getHeight() != height || raster.getNumBands() != components) {
                throw new ImageException("corrupt JPEG: contradicting headers");
            }
            interleaved = (byte[]) raster.getDataElements(0, 0, width, height, new byte[width * height * components]);
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
        return interleaved;
    }

    /** The runtime's own reader, whatever other image libraries have registered themselves. */
    private static ImageReader runtimeReader() {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getName().startsWith("com.sun.imageio.")) {
                return reader;
            }
        }
        throw new IllegalStateException("this Java runtime has no JPEG reader; is its module java.desktop missing?");
    }

    private void interpolateTallComponents(byte[] samples) {
        int across = 0;
        int down = 0;
        for (int each : sampling) {
            across = Math.max(across, each >> 4);
            down = Math.max(down, each & 15);
        }
        for (int i = 0; i < components; i++) {
            if (sampling[i] >> 4 == across && 2 * (sampling[i] & 15) == down) {
                TallChroma.interpolate(samples, width, height, components, i);
            }
        }
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

    /** libjpeg's rules for what three components are. */
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
