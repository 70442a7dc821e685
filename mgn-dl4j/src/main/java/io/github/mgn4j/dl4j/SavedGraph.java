package io.github.mgn4j.dl4j;

import io.github.mgn4j.model.WeightsException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reads a network from a file of DL4J's {@link ModelSerializer} without deserializing Java objects. */
final class SavedGraph {
    private SavedGraph() {}

    /**
     * Reads the configuration and the parameters.
     *
     * @throws WeightsException if the file is not a saved graph
     */
    static ComputationGraph read(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ComputationGraph network = new ComputationGraph(configuration(zip));
            INDArray parameters = parameters(zip);
            network.init(parameters, false);
            return network;
        } catch (ZipException e) {
            throw new WeightsException("expected a zip file of DL4J: " + e.getMessage(), e);
        } catch (WeightsException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new WeightsException("no network that DL4J reads: " + e.getMessage(), e);
        }
    }

    private static ComputationGraphConfiguration configuration(ZipFile zip) throws IOException {
        try (InputStream json = open(zip, ModelSerializer.CONFIGURATION_JSON)) {
            return ComputationGraphConfiguration.fromJson(new String(json.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static INDArray parameters(ZipFile zip) throws IOException {
        try (InputStream values = open(zip, ModelSerializer.COEFFICIENTS_BIN)) {
            return Nd4j.read(new DataInputStream(new BufferedInputStream(values)));
        }
    }

    private static InputStream open(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new WeightsException("the zip file has no %s: not a network of DL4J".formatted(name));
        }
        return zip.getInputStream(entry);
    }
}
