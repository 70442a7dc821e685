package io.github.mgn4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model file on the way to executors, as on a cluster: local mode reads the path. */
class ModelReferenceTest {
    @TempDir
    Path folder;

    private static ModelReference sent(ModelReference reference) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(reference);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (ModelReference) in.readObject();
        }
    }

    @Test
    void tasksShareTheModelThatWasBroadcast() throws Exception {
        byte[] model = {1, 2, 3, 4, 5};
        Path file = Files.write(folder.resolve("model.safetensors"), model);
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
        String sha256 = ModelReference.sha256(file);
        ModelReference reference = new ModelReference(file.toString(), spark.broadcast(model), sha256);
        ModelReference first = sent(reference);
        ModelReference second = sent(reference);
        assertThat(first).isEqualTo(second).hasSameHashCodeAs(second);
        Files.delete(file); // an executor's machine need not have it
        assertThat(first.local()).hasBinaryContent(model).isEqualTo(second.local());
        ModelReference other = new ModelReference(file.toString(), spark.broadcast(new byte[] {6}), "0".repeat(64));
        assertThat(other).isNotEqualTo(first);
        assertThatThrownBy(other::local)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 0000");
    }
}
