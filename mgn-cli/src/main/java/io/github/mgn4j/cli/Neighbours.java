package io.github.mgn4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes that keep a core each busy at normal priority, as other services on a machine do. They end with this one. */
final class Neighbours implements AutoCloseable {
    private final List<Process> processes = new ArrayList<>();

    /**
     * Starts processes and waits until all of them are busy.
     *
     * @throws IOException if one cannot be started; none is left running then
     */
    Neighbours(int count) throws IOException {
        try {
            ProcessBuilder builder = new ProcessBuilder(command()).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().keySet().removeIf(name -> name.contains("JAVA")); // options of this process
            for (int i = 0; i < count; i++) {
                processes.add(builder.start());
            }
            for (Process process : processes) {
                if (process.getInputStream().read() < 0) {
                    throw new IOException("a busy neighbour ended at once: can this user start another "
                            + builder.command().get(0) + "?");
                }
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private static List<String> command() {
        try {
            Path classes = Path.of(BusyNeighbour.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx16m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    classes.toString(),
                    BusyNeighbour.class.getName());
        } catch (URISyntaxException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    /** Returns the processes that run. */
    List<ProcessHandle> running() {
        return processes.stream()
                .filter(Process::isAlive)
                .map(Process::toHandle)
                .toList();
    }

    /** Ends the processes and waits for their end. */
    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
    }
}
