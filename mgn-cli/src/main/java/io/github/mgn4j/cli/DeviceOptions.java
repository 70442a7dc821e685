package io.github.mgn4j.cli;

import com.google.common.primitives.Ints;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option of every command with an engine. */
final class DeviceOptions {
    @Option(
            names = "--device",
            paramLabel = "N[,N...]",
            converter = Parser.class,
            description = "Accelerators to use, numbered from 0; several share the batches (default: 0). Engines on the"
                    + " CPU have none.")
    private @Nullable Devices devices;

    /** The named devices; not a list, because picocli would then allow the option more than once. */
    private record Devices(List<Integer> indices) {}

    /** Parses {@code 0,1}. */
    static final class Parser implements ITypeConverter<Devices> {
        private static final Pattern NUMBERS = Pattern.compile("\\d{1,4}(,\\d{1,4})*");

        @Override
        public Devices convert(String text) {
            if (!NUMBERS.matcher(text).matches()) {
                throw new TypeConversionException(
                        "numbers from 0 on with commas between them are expected, found '" + text + "'");
            }
            return new Devices(
                    List.of(text.split(",")).stream().map(Integer::valueOf).toList());
        }
    }

    boolean isGiven() {
        return devices != null;
    }

    List<Integer> list() {
        return devices == null ? List.of(0) : devices.indices();
    }

    int[] array() {
        return Ints.toArray(list());
    }
}
