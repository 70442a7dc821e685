package io.github.mgn4j.engine;

/**
 * Thrown when the requested engine does not exist or cannot run here. The message names the engine and lists the available
 * ones.
 */
public class EngineException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for the user. */
    public EngineException(String message) {
        super(message);
    }

    /** Creates an exception with a message for the user and its cause. */
    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
