package io.github.mgn4j.engine;

/** An engine was asked for that does not exist or cannot run here; the message says which and what there is instead. */
public class EngineException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
