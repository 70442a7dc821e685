package io.github.mgn4j.cli;

import java.io.IOException;

/**
 * A process that keeps one core busy until its standard input ends, which it does when the process that started it ends.
 * Started by {@link Neighbours}; needs no other class.
 */
final class BusyNeighbour {
    private BusyNeighbour() {}

    /** Spins, and writes a byte to standard output as soon as it does. */
    public static void main(String... args) throws IOException {
        Thread spinner = new Thread(
                () -> {
                    System.out.write('\n');
                    System.out.flush();
                    while (true) {
                        Thread.onSpinWait();
                    }
                },
                "spinner");
        spinner.setDaemon(true);
        spinner.start();
        while (System.in.read() >= 0) {} // nothing is sent
    }
}
