package io.github.mgn4j.samediff.internal.plan;

/**
 * Thrown when a graph cannot be planned. The message names the operation or variable and gives the reason.
 */
public final class PlanException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for the user. */
    public PlanException(String message) {
        super(message);
    }
}
