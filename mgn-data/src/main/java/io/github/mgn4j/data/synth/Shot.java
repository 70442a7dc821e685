package io.github.mgn4j.data.synth;

/**
 * The description of one image to paint.
 *
 * @param folder the image's folder in the data set
 * @param name the image's file name
 * @param kind the content of the image
 * @param who a number that determines the identity's appearance
 * @param camera from 1
 * @param take distinguishes the images of one identity under one camera
 */
record Shot(String folder, String name, Kind kind, long who, int camera, int take) {
    enum Kind {
        /** A person. */
        PERSON,
        /** Another person who looks like a person of the test set. */
        LOOK_ALIKE,
        /** A false detection: no person, or only in the background. */
        NOBODY,
        /** A person of the test set in a box that shows too little of the body. */
        FRAGMENT
    }
}
