package io.github.mgn4j.weights;

/**
 * A model made of a checkpoint.
 *
 * @param layout whose names the checkpoint's tensors have
 */
public record ImportedModel(Model model, ImportLayout layout) {}
