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
import java.util.function.Predicate;

/**
 * Reads and writes <a href="https://huggingface.co/docs/safetensors">safetensors</a> files: 8 bytes of header length,
 * a JSON header, raw little-endian values. Thread-safe.
 */
public final class Safetensors {
    private static final int ALIGNMENT = 8;
    /** Bytes that are converted at once. */
    static final int BUFFER = 1 << 20;

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
        write(files, file, tensors, name -> false, metadata);
    }

    /**
     * Adds tensors to files that appear together.
     *
     * @param counter whether a name is that of an int64 scalar, which is written as 0, instead of a float32 tensor
     */
    static void write(
            OutputFiles files,
            Path file,
            Map<String, Tensor> tensors,
            Predicate<String> counter,
            Map<String, String> metadata)
            throws IOException {
        int counters = (int) tensors.keySet().stream().filter(counter).count();
        byte[] header = header(tensors, counter, counters, metadata);
        WeightsException.check(
                header.length <= SafetensorsHeader.MAX_BYTES,
                "%s: the header would have %s bytes, %s are allowed",
                file,
                header.length,
                SafetensorsHeader.MAX_BYTES);
        files.writeChannel(file, channel -> {
            // Behind the header are the counters, zeros: they need the larger alignment.
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length + Long.BYTES * counters)
                    .order(ByteOrder.LITTLE_ENDIAN);
            writeFully(channel, start.putLong(header.length).put(header).rewind());
            ByteBuffer chunk = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
            for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
                if (!counter.test(tensor.getKey())) {
                    chunks(tensor.getValue().data(), chunk, bytes -> writeFully(channel, bytes));
                }
            }
        });
    }

    private static byte[] header(
            Map<String, Tensor> tensors, Predicate<String> counter, int counters, Map<String, String> metadata)
            throws IOException {
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
            long count = 0;
            long offset = (long) Long.BYTES * counters;
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
                WeightsException.check(
                        !entry.getKey().equals(SafetensorsHeader.METADATA),
                        "a tensor cannot be named '%s'",
                        entry.getKey());
                if (counter.test(entry.getKey())) {
                    entry(json, entry.getKey(), "I64", new int[0], count, count + Long.BYTES);
                    count += Long.BYTES;
                } else {
                    long end = offset + (long) Float.BYTES * entry.getValue().size();
                    entry(json, entry.getKey(), "F32", entry.getValue().shape(), offset, end);
                    offset = end;
                }
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

    private static void entry(JsonWriter json, String name, String dtype, int[] shape, long begin, long end)
            throws IOException {
        json.name(name).beginObject();
        json.name("dtype").value(dtype).name("shape").beginArray();
        for (int dim : shape) {
            json.value(dim);
        }
        json.endArray().name("data_offsets").beginArray();
        json.value(begin).value(end).endArray().endObject();
    }

    /** Receives bytes from position to limit. */
    interface Sink {
        void take(ByteBuffer bytes) throws IOException;
    }

    /** Passes values on as little-endian bytes. */
    static void chunks(FloatBuffer values, ByteBuffer chunk, Sink sink) throws IOException {
        while (values.hasRemaining()) {
            int count = Math.min(values.remaining(), chunk.capacity() / Float.BYTES);
            chunk.clear().limit(count * Float.BYTES);
            chunk.asFloatBuffer().put(values.slice(values.position(), count));
            values.position(values.position() + count);
            sink.take(chunk);
        }
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
