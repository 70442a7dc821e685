package io.github.mgn4j.engine;

/** Number format of a network's arithmetic. */
public enum Precision {
    FP32,
    FP16,
    BF16,
    INT8
}
