package io.github.mgn4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens ONNX files in ONNX Runtime. */
public final class OnnxSessions {
    private static final Logger log = LoggerFactory.getLogger(OnnxSessions.class);

    /** Versions that cannot send usage data, as 1.29 and later can. */
    private static final Pattern SILENT = Pattern.compile("1\\.(\\d|1\\d|2[0-8])\\..*");

    private static @Nullable OrtEnvironment environment;

    private OnnxSessions() {}

    /**
     * Returns ONNX Runtime's environment, which is one per process. Errors are thrown as exceptions and not logged in
     * addition.
     *
     * @throws EngineException if the natives are missing or do not fit this machine
     */
    public static synchronized OrtEnvironment environment() {
        if (environment == null) {
            try {
                environment = create();
            } catch (IOException | OrtException | LinkageError | RuntimeException e) {
                throw new EngineException("ONNX Runtime cannot be loaded: " + sentence(e), e);
            }
        }
        return environment;
    }

    /** Called once per process, because ONNX Runtime complains about a second name or level. */
    private static OrtEnvironment create() throws IOException, OrtException {
        OrtEnvironment environment =
                OnnxNatives.load(() -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "mgn4j"));
        environment.setTelemetry(false); // the events that its Windows build passes to the system
        if (!SILENT.matcher(environment.getVersion()).matches() && System.getenv("ORT_DISABLE_TELEMETRY") == null) {
            log.warn(
                    "ONNX Runtime {} sends usage data to Microsoft, the model's metadata among them: take 1.28.0, or set"
                            + " ORT_DISABLE_TELEMETRY=1 in the environment",
                    environment.getVersion());
        }
        return environment;
    }

    /**
     * Opens a file.
     *
     * @param file an ONNX file
     * @param precision precision of the file
     * @param settings device and options
     * @throws EngineException if the device cannot run it
     */
    public static OrtSession open(Path file, Precision precision, OnnxSettings settings) {
        OrtEnvironment environment = environment();
        try (SessionOptions options = options(precision, settings)) {
            return environment.createSession(file.toString(), options);
        } catch (OrtException e) {
            String advice = settings.device() == OnnxDevice.CPU ? "" : " (engine 'onnx' runs on the CPU)";
            throw new EngineException(settings.device().engine() + " cannot run here: " + sentence(e) + advice, e);
        }
    }

    private static SessionOptions options(Precision precision, OnnxSettings settings) throws OrtException {
        SessionOptions options = new SessionOptions();
        try {
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            if (settings.threads() > 0) {
                options.setIntraOpNumThreads(settings.threads());
            }
            if (settings.device() == OnnxDevice.TENSORRT) {
                addTensorRt(options, precision, settings);
            }
            if (settings.device() != OnnxDevice.CPU) {
                addCuda(options, settings);
            }
            if (settings.device() != OnnxDevice.CPU && !settings.fallback()) {
                options.addConfigEntry("session.disable_cpu_ep_fallback", "1");
            }
            return options;
        } catch (OrtException e) {
            options.close();
            throw e;
        }
    }

    private static void addTensorRt(SessionOptions options, Precision precision, OnnxSettings settings)
            throws OrtException {
        try (OrtTensorRTProviderOptions provider = new OrtTensorRTProviderOptions(settings.gpu())) {
            provider.add("trt_fp16_enable", precision == Precision.FP16 ? "1" : "0");
            for (Map.Entry<String, String> option : settings.provider().entrySet()) {
                provider.add(option.getKey(), option.getValue());
            }
            options.addTensorrt(provider);
        }
    }

    private static void addCuda(SessionOptions options, OnnxSettings settings) throws OrtException {
        try (OrtCUDAProviderOptions provider = new OrtCUDAProviderOptions(settings.gpu())) {
            provider.add("use_tf32", settings.tf32() ? "1" : "0");
            if (settings.device() == OnnxDevice.CUDA) {
                for (Map.Entry<String, String> option : settings.provider().entrySet()) {
                    provider.add(option.getKey(), option.getValue());
                }
            }
            options.addCUDA(provider);
        }
    }

    /** Returns the error message in one line, without the location in ONNX Runtime's source. */
    static String sentence(Throwable e) {
        Throwable cause = e;
        while (cause.getMessage() == null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return text.replaceAll("(?s)^Error code - \\w+ - message: ", "")
                .replaceAll("(^|\\s)\\S*/\\S+\\.(cc|h|cpp):\\d+ [^\\n]*?\\) ", "$1")
                .replaceAll("\\s*\\R\\s*", " ")
                .strip();
    }
}
