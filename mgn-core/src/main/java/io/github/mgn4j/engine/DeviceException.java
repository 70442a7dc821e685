package io.github.mgn4j.engine;

/**
 * Thrown when an engine lacks the requested accelerator. The message names the device and the number of available ones.
 */
public final class DeviceException extends EngineException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for the user. */
    public DeviceException(String message) {
        super(message);
    }
}
