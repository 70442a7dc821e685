package io.github.mgn4j.cli;

import picocli.CommandLine.IVersionProvider;

/** Returns the version that the build wrote into the jar. */
final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {version()};
    }

    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return "mgn4j " + (version == null ? "(development)" : version);
    }
}
