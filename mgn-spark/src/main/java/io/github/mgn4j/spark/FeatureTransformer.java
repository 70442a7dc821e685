package io.github.mgn4j.spark;

import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A stage of a Spark ML pipeline that adds a column with the features of images: those that {@link
 * io.github.mgn4j.extract.FeatureExtractor} computes, whatever the partitioning. The input column holds encoded images (binary,
 * such as {@code content} of Spark's source {@code binaryFile}) or their paths (string, in any file system that Hadoop knows).
 * Rows keep their order; a null becomes a null.
 *
 * <p>The tasks of an executor share one extractor per model, settings and device; it is closed when the executor ends. A task
 * fills a batch across the rows of its partition, and holds no more than about two batches of rows and images. The model file
 * reaches each executor once, and its checksum is compared there.
 *
 * <p>Like every stage it is not thread-safe while parameters are set.
 *
 * <pre>{@code
 * FeatureTransformer features = new FeatureTransformer().setModel("mgn.safetensors").setOnError("column");
 * Dataset<Row> table = features.transform(spark.read().format("binaryFile").load("crops"));
 * }</pre>
 */
public final class FeatureTransformer extends Transformer implements DefaultParamsWritable {
    /** {@link #onError}: an image that cannot be read ends the job. */
    public static final String FAIL = "fail";
    /** {@link #onError}: the row of an image that cannot be read is left out. */
    public static final String SKIP = "skip";
    /** {@link #onError}: the row has no features, and the reason is in the error column, which is null for other rows. */
    public static final String COLUMN = "column";
    /** {@link #outputType}: {@code array<float>}. */
    public static final String ARRAY = "array";
    /** {@link #outputType}: a dense vector of Spark ML, in float64. */
    public static final String VECTOR = "vector";

    private static final long serialVersionUID = 1L;
    private static final int DEFAULT_BATCH = 16;

    private final String uid;
    private final Param<String> model;
    private final Param<String> modelChecksum;
    private final BooleanParam sharedModel;
    private final Param<String> engine;
    private final Param<String> precision;
    private final IntParam batch;
    private final BooleanParam flip;
    private final IntParam device;
    private final Param<String> inputCol;
    private final Param<String> nameCol;
    private final Param<String> outputCol;
    private final Param<String> outputType;
    private final Param<String> onError;
    private final Param<String> errorCol;

    /** Creates a transformer with a random identifier. */
    public FeatureTransformer() {
        this(Identifiable$.MODULE$.randomUID("mgnFeatures"));
    }

    /** Creates a transformer with an identifier; Spark needs this constructor to copy and load. */
    public FeatureTransformer(String uid) {
        this.uid = uid;
        model = new Param<>(this, "model", "path of the model file");
        modelChecksum = new Param<>(this, "modelChecksum", "SHA-256 of the model file");
        sharedModel = new BooleanParam(this, "sharedModel", "whether executors read the model's path themselves");
        engine = new Param<>(this, "engine", "name of the engine, or auto");
        precision = new Param<>(this, "precision", "number format of the engine", ParamValidators.inArray(labels()));
        batch = new IntParam(this, "batch", "largest number of images per engine call", ParamValidators.gtEq(1));
        flip = new BooleanParam(this, "flip", "whether features are means with the mirror's; unset as the model says");
        device = new IntParam(this, "device", "index of the accelerator, -1 for the task's", ParamValidators.gtEq(-1));
        inputCol = new Param<>(this, "inputCol", "column of encoded images or of paths");
        nameCol = new Param<>(this, "nameCol", "string column that names images in messages, if there is one");
        outputCol = new Param<>(this, "outputCol", "column of the features");
        outputType = new Param<>(
                this, "outputType", "array or vector", ParamValidators.inArray(new String[] {ARRAY, VECTOR}));
        onError = new Param<>(
                this, "onError", "fail, skip or column", ParamValidators.inArray(new String[] {FAIL, SKIP, COLUMN}));
        errorCol = new Param<>(this, "errorCol", "column of the reasons, if onError is column");
        setDefault(sharedModel, false);
        setDefault(engine, Engines.AUTO);
        setDefault(precision, Precision.FP32.label());
        setDefault(batch, DEFAULT_BATCH);
        setDefault(device, -1);
        setDefault(inputCol, "content");
        setDefault(nameCol, "path");
        setDefault(outputCol, "features");
        setDefault(outputType, ARRAY);
        setDefault(onError, FAIL);
        setDefault(errorCol, "error");
    }

    private static String[] labels() {
        return Arrays.stream(Precision.values()).map(Precision::label).toArray(String[]::new);
    }

    /** Returns the reader of saved transformers, which {@code PipelineModel.load} uses as well. */
    public static MLReader<FeatureTransformer> read() {
        return new DefaultParamsReader<>();
    }

    /** Returns the transformer that was saved in a folder. Its model file is compared when it is used. */
    public static FeatureTransformer load(String folder) {
        return read().load(folder);
    }

    @Override
    public String uid() {
        return uid;
    }

    /** Returns the parameter {@code model}: the path of the model file. */
    public Param<String> model() {
        return model;
    }

    /** Returns the parameter {@code modelChecksum}: the SHA-256 of the file when {@link #setModel} was called. */
    public Param<String> modelChecksum() {
        return modelChecksum;
    }

    /** Returns the parameter {@code sharedModel}: false if Spark brings the file to the executors, which is the default. */
    public BooleanParam sharedModel() {
        return sharedModel;
    }

    /** Returns the parameter {@code engine}; {@code auto} by default. */
    public Param<String> engine() {
        return engine;
    }

    /** Returns the parameter {@code precision}; {@code fp32} by default. */
    public Param<String> precision() {
        return precision;
    }

    /** Returns the parameter {@code batch}; 16 by default. */
    public IntParam batch() {
        return batch;
    }

    /** Returns the parameter {@code flip}; without a value as the model says. */
    public BooleanParam flip() {
        return flip;
    }

    /** Returns the parameter {@code device}; by default the GPU that Spark assigns to the task, else the first. */
    public IntParam device() {
        return device;
    }

    /** Returns the parameter {@code inputCol}; {@code content} by default. */
    public Param<String> inputCol() {
        return inputCol;
    }

    /** Returns the parameter {@code nameCol}; {@code path} by default. Rows without it are named by number. */
    public Param<String> nameCol() {
        return nameCol;
    }

    /** Returns the parameter {@code outputCol}; {@code features} by default. */
    public Param<String> outputCol() {
        return outputCol;
    }

    /** Returns the parameter {@code outputType}; {@link #ARRAY} by default. */
    public Param<String> outputType() {
        return outputType;
    }

    /** Returns the parameter {@code onError}; {@link #FAIL} by default. */
    public Param<String> onError() {
        return onError;
    }

    /** Returns the parameter {@code errorCol}; {@code error} by default. */
    public Param<String> errorCol() {
        return errorCol;
    }

    /**
     * Sets the model file and takes its checksum.
     *
     * @throws IllegalArgumentException if the file cannot be read here
     */
    public FeatureTransformer setModel(String path) {
        set(modelChecksum, ModelReference.sha256(Path.of(path)));
        return with(model, path);
    }

    /** Sets whether executors read the model's path themselves, as on a file system that all machines share. */
    public FeatureTransformer setSharedModel(boolean shared) {
        return with(sharedModel, shared);
    }

    /** Sets the engine by name. */
    public FeatureTransformer setEngine(String name) {
        return with(engine, name);
    }

    /**
     * Sets the engine's number format by its label, such as {@code bf16}.
     *
     * @throws IllegalArgumentException if there is no such format
     */
    public FeatureTransformer setPrecision(String label) {
        return with(precision, label);
    }

    /** Sets the largest number of images per engine call, at least 1. */
    public FeatureTransformer setBatch(int images) {
        return with(batch, images);
    }

    /** Sets whether a feature is the mean of those of the image and its mirror. */
    public FeatureTransformer setFlip(boolean on) {
        return with(flip, on);
    }

    /** Sets the accelerator by index; -1 for the one that Spark assigns to the task. */
    public FeatureTransformer setDevice(int index) {
        return with(device, index);
    }

    /** Sets the column of encoded images or paths. */
    public FeatureTransformer setInputCol(String name) {
        return with(inputCol, name);
    }

    /** Sets the column that names images in messages. */
    public FeatureTransformer setNameCol(String name) {
        return with(nameCol, name);
    }

    /** Sets the column of the features. */
    public FeatureTransformer setOutputCol(String name) {
        return with(outputCol, name);
    }

    /** Sets the type of the features, {@link #ARRAY} or {@link #VECTOR}. */
    public FeatureTransformer setOutputType(String type) {
        return with(outputType, type);
    }

    /** Sets what happens to images that cannot be read: {@link #FAIL}, {@link #SKIP} or {@link #COLUMN}. */
    public FeatureTransformer setOnError(String action) {
        return with(onError, action);
    }

    /** Sets the column of the reasons. */
    public FeatureTransformer setErrorCol(String name) {
        return with(errorCol, name);
    }

    private <T> FeatureTransformer with(Param<T> param, T value) {
        set(param, value);
        return this;
    }

    private String text(Param<String> param) {
        return getOrDefault(param);
    }

    /** Returns the SHA-256 of the model file, 64 hexadecimal digits. */
    public String getModelChecksum() {
        return required(modelChecksum);
    }

    /** Returns the column of the features. */
    public String getOutputCol() {
        return text(outputCol);
    }

    private String required(Param<String> param) {
        if (!isSet(param)) {
            throw new IllegalArgumentException(uid + " has no model, call setModel with the path of a model file");
        }
        return text(param);
    }

    /**
     * Returns the schema with the columns that {@link #transform} adds.
     *
     * @throws IllegalArgumentException if the input column is missing or has another type, or a new column exists already
     */
    @Override
    public StructType transformSchema(StructType schema) {
        String input = text(inputCol);
        List<String> names = List.of(schema.fieldNames());
        if (!names.contains(input)) {
            throw new IllegalArgumentException(
                    "%s: there is no column '%s' of images or paths, found %s; name it by setInputCol"
                            .formatted(uid, input, names));
        }
        DataType type = schema.fields()[schema.fieldIndex(input)].dataType();
        if (!type.equals(DataTypes.BinaryType) && !type.equals(DataTypes.StringType)) {
            throw new IllegalArgumentException("%s: column '%s' is %s, expected binary (images) or string (paths)"
                    .formatted(uid, input, type.simpleString()));
        }
        List<StructField> fields = new ArrayList<>(List.of(schema.fields()));
        boolean vector = text(outputType).equals(VECTOR);
        add(
                fields,
                text(outputCol),
                vector ? SQLDataTypes.VectorType() : DataTypes.createArrayType(DataTypes.FloatType, false),
                "setOutputCol");
        if (text(onError).equals(COLUMN)) {
            add(fields, text(errorCol), DataTypes.StringType, "setErrorCol");
        }
        return DataTypes.createStructType(fields);
    }

    private void add(List<StructField> fields, String name, DataType type, String setter) {
        if (fields.stream().anyMatch(field -> field.name().equals(name))) {
            throw new IllegalArgumentException(
                    "%s: there is a column '%s' already, name another by %s".formatted(uid, name, setter));
        }
        fields.add(DataTypes.createStructField(name, type, true));
    }

    /**
     * Adds the features, when Spark runs the plan.
     *
     * @throws IllegalArgumentException if the schema does not fit, or the model file is not the one whose checksum was taken
     */
    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType input = dataset.schema();
        StructType output = transformSchema(input);
        ModelReference reference = ModelReference.of(
                required(model),
                required(modelChecksum),
                (Boolean) getOrDefault(sharedModel),
                dataset.sparkSession().sparkContext());
        ExtractorSettings settings = new ExtractorSettings(
                reference,
                text(engine),
                Arrays.stream(Precision.values())
                        .filter(each -> each.label().equals(text(precision)))
                        .findFirst()
                        .orElseThrow(),
                (Integer) getOrDefault(batch),
                isSet(flip) ? (Boolean) getOrDefault(flip) : null,
                (Integer) getOrDefault(device));
        FeatureTask task = new FeatureTask(
                settings,
                input.fieldIndex(text(inputCol)),
                nameIndex(input),
                text(onError),
                text(outputType).equals(VECTOR));
        return dataset.toDF().mapPartitions(task, Encoders.row(output));
    }

    private int nameIndex(StructType schema) {
        int index = List.of(schema.fieldNames()).indexOf(text(nameCol));
        return index >= 0 && schema.fields()[index].dataType().equals(DataTypes.StringType) ? index : -1;
    }

    @Override
    public FeatureTransformer copy(ParamMap extra) {
        return defaultCopy(extra);
    }
}
