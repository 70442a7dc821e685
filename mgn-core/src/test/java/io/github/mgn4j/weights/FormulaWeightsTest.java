package io.github.mgn4j.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormulaWeightsTest {
    @Test
    void theBitsAreThoseOfNumPy(@TempDir Path folder) throws IOException {
        JsonObject expected = JsonParser.parseString(Files.readString(TestFiles.resource(folder, "formula.json")))
                .getAsJsonObject();
        String name = "branches.0.layer4.0.conv2.weight";
        Weights weights = FormulaWeights.of(
                MgnSpec.builder().backbone(50, 1 / 16.0).classes(2).build());
        assertThat(crc(weights.get(name).toArray()))
                .isEqualTo(expected.get(name).getAsLong());
        assertThat(crc(FormulaWeights.images(2, 100, 40)))
                .isEqualTo(expected.get("images_2_100_40").getAsLong());
    }

    private static long crc(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }
}
