package io.github.mgn4j.checkpoint;

import com.google.common.primitives.Ints;
import com.google.gson.stream.JsonWriter;
import io.github.mgn4j.internal.io.OutputFiles;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads and writes <a href="https://huggingface.co/docs/safetensors">safetensors</a> files: 8 bytes of header length,
 * a JSON header, raw little-endian values. Thread-safe.
 */
public final class Safetensors {
    private static final int ALIGNMENT = 8;
    private static final int BUFFER = 1 << 20;

    private Safetensors() {}

    /**
     * Maps a file into memory. Tensors of type float32 are views of the file, read from disk when they are used. Other types
     * (float64, float16, bfloat16, int8 to int64, uint8, bool) are converted to float32 immediately.
     *
     * @throws WeightsException if the file is not a safetensors file or its header is not valid; every length, offset and shape
     *     is checked before memory is allocated
     * @throws IOException if the file cannot be read
     */
    public static TensorFile read(Path file) throws IOException {
        try (MappedFile mapped = MappedFile.open(file)) {
            SafetensorsHeader header = SafetensorsHeader.read(mapped);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (SafetensorsHeader.Entry entry : header.entries()) {
                ByteBuffer data = mapped.slice(header.dataStart() + entry.begin(), entry.end() - entry.begin());
                tensors.put(entry.name(), Tensor.of(entry.dtype().decode(data), Ints.toArray(entry.shape())));
            }
            return new TensorFile(tensors, header.metadata());
        } catch (InternalError e) { // a page of the mapping no longer exists
            throw MappedFile.shorter(file, e);
        }
    }

    /**
     * Writes tensors as float32 in the order of the map; the file appears complete or not at all. The same input gives the same
     * bytes.
     *
     * @param metadata texts for the header's {@code __metadata__}
     * @throws IOException if the file cannot be written; the message names it
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        try (OutputFiles files = new OutputFiles()) {
            write(files, file, tensors, metadata);
            files.publish();
        }
    }

    /** Adds tensors to files that appear together. */
    static void write(OutputFiles files, Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        byte[] header = header(tensors, metadata);
        WeightsException.check(
                header.length <= SafetensorsHeader.MAX_BYTES,
                "%s: the header would have %s bytes, %s are allowed",
                file,
                header.length,
                SafetensorsHeader.MAX_BYTES);
        files.writeChannel(file, channel -> {
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
            writeFully(channel, start.putLong(header.length).put(header).flip());
            ByteBuffer chunk = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
            for (Tensor tensor : tensors.values()) {
                writeValues(channel, tensor.data(), chunk);
            }
        });
    }

    private static byte[] header(Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.beginObject();
            if (!metadata.isEmpty()) {
                json.name(SafetensorsHeader.METADATA).beginObject();
                for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
                    json.name(entry.getKey()).value(entry.getValue());
                }
                json.endObject();
            }
            long offset = 0;
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
                WeightsException.check(
                        !entry.getKey().equals(SafetensorsHeader.METADATA),
                        "a tensor cannot be named '%s'",
                        entry.getKey());
                long end = offset + (long) Float.BYTES * entry.getValue().size();
                json.name(entry.getKey()).beginObject();
                json.name("dtype").value("F32").name("shape").beginArray();
                for (int dim : entry.getValue().shape()) {
                    json.value(dim);
                }
                json.endArray().name("data_offsets").beginArray();
                json.value(offset).value(end).endArray().endObject();
                offset = end;
            }
            json.endObject();
        }
        // Spaces pad the header, so that the values begin at a multiple of 8.
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (bytes.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] header = Arrays.copyOf(bytes, padded);
        Arrays.fill(header, bytes.length, padded, (byte) ' ');
        return header;
    }

    private static void writeValues(WritableByteChannel channel, FloatBuffer values, ByteBuffer chunk)
            throws IOException {
        while (values.hasRemaining()) {
            int count = Math.min(values.remaining(), chunk.capacity() / Float.BYTES);
            chunk.clear().limit(count * Float.BYTES);
            chunk.asFloatBuffer().put(values.slice(values.position(), count));
            values.position(values.position() + count);
            writeFully(channel, chunk);
        }
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
