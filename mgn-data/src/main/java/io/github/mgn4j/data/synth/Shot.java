package io.github.mgn4j.data.synth;

/**
 * One image to be made.
 *
 * @param folder of the layout that it goes to
 * @param name of its file
 * @param kind what is in it
 * @param who a number that stands for the identity's looks
 * @param camera from 1
 * @param take tells the images of one identity under one camera apart
 */
record Shot(String folder, String name, Kind kind, long who, int camera, int take) {
    enum Kind {
        /** A person. */
        PERSON,
        /** Somebody who looks much like a person of the test set. */
        LOOK_ALIKE,
        /** A false detection: no person, or only in the background. */
        NOBODY,
        /** A person of the test set in a box that shows too little of them. */
        FRAGMENT
    }
}
