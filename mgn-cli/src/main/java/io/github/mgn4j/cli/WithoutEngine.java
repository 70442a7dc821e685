package io.github.mgn4j.cli;

/** A command that loads no native library. */
interface WithoutEngine {}
