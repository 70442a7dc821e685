package io.github.mgn4j.checkpoint;

import io.github.mgn4j.checkpoint.Pickle.Global;
import io.github.mgn4j.checkpoint.Pickle.Storage;
import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The file format since PyTorch 1.6: a zip archive of a pickle and of an entry for each storage. */
final class TorchZip implements TorchObjects.Storages {
    private static final String PICKLE = "data.pkl";

    /** An entry that only TorchScript archives have. */
    private static final String SCRIPT = "constants.pkl";

    private static final int ID_LENGTH = 5;

    private final Map<String, ZipEntry> entries;
    private final String folder;
    private final ByteOrder order;
    private final Map<String, Storage> storages = new HashMap<>();

    private TorchZip(Map<String, ZipEntry> entries, String folder, ByteOrder order) {
        this.entries = entries;
        this.folder = folder;
        this.order = order;
    }

    /** Returns the object that an archive holds. */
    static @Nullable Object read(MappedFile file) throws IOException {
        Map<String, ZipEntry> entries = ZipEntries.read(file).entries();
        WeightsException.check(
                entries.keySet().stream().noneMatch(name -> name.endsWith("/" + SCRIPT)),
                "a TorchScript archive; save its state dict: torch.save(model.state_dict(), file)");
        String pickle = entries.keySet().stream()
                .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
                .findFirst()
                .orElseThrow(
                        () -> new WeightsException("a zip archive without '" + PICKLE + "': no PyTorch checkpoint"));
        String folder = pickle.substring(0, pickle.length() - PICKLE.length());
        TorchZip storages = new TorchZip(entries, folder + "data/", byteOrder(entries.get(folder + "byteorder")));
        ByteBuffer data = Objects.requireNonNull(entries.get(pickle)).data();
        return new Unpickler(data, new TorchObjects(storages, data.remaining())).load();
    }

    /** Returns the byte order of the saving machine; files without the entry come from little-endian ones. */
    private static ByteOrder byteOrder(@Nullable ZipEntry entry) throws IOException {
        String order = entry == null
                ? "little"
                : StandardCharsets.US_ASCII.decode(entry.data()).toString();
        WeightsException.check(
                order.equals("little") || order.equals("big"), "byteorder '%s', expected 'little' or 'big'", order);
        return order.equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    public int idLength() {
        return ID_LENGTH;
    }

    @Override
    public Storage storage(DType dtype, String key, long values, List<@Nullable Object> id) {
        ZipEntry data = entries.get(folder + key);
        if (data == null) {
            throw new WeightsException("storage '%s' is missing: no entry '%s'".formatted(key, folder + key));
        }
        WeightsException.check(
                values * dtype.bytes() == data.size(),
                "storage '%s' has %s bytes, %s values of type %s were expected",
                key,
                data.size(),
                values,
                dtype);
        Storage storage = storages.computeIfAbsent(key, k -> new Storage(k, dtype, data, order));
        WeightsException.check(storage.dtype == dtype, "storage '%s' is of two types", key);
        return storage;
    }

    @Override
    public void skip(Global type, String key, long values) {
        // Its entry is not looked at.
    }
}
