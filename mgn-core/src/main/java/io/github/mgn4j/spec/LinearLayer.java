package io.github.mgn4j.spec;

/**
 * An identity classifier: a fully connected layer with bias on one feature.
 *
 * @param name parameter prefix: {@code name.weight} is {@code [out, in]}, {@code name.bias} is {@code [out]}
 * @param feature the feature whose pooled or reduced vector is the input
 * @param in length of that vector
 * @param out number of classes
 */
public record LinearLayer(String name, FeaturePart feature, int in, int out) {}
