package io.github.mgn4j.engine;

/** An engine was asked for an accelerator that it does not have; the message says which and how many there are. */
public final class DeviceException extends EngineException {
    private static final long serialVersionUID = 1L;

    public DeviceException(String message) {
        super(message);
    }
}
