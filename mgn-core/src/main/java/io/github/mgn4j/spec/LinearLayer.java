package io.github.mgn4j.spec;

/**
 * An identity classifier: a fully connected layer on one feature.
 *
 * @param name parameter prefix: {@code name.weight} is {@code [out, in]}, {@code name.bias}, if there is one, is {@code [out]}
 * @param feature the feature whose pooled or reduced vector is the input
 * @param in length of that vector
 * @param out number of classes
 * @param bias whether the layer has a bias
 */
public record LinearLayer(String name, FeaturePart feature, int in, int out, boolean bias) {}
