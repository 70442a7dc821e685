package io.github.mgn4j.samediff.internal.plan;

/** A graph cannot be planned; the message names the operation or variable and says why. */
public final class PlanException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public PlanException(String message) {
        super(message);
    }
}
