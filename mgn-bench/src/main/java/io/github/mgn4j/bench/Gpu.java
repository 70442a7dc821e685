package io.github.mgn4j.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Queries the driver. */
final class Gpu {
    private Gpu() {}

    /** Returns name, driver, clocks, power and temperature, because a speed means nothing without its clocks. */
    static String clocks() {
        return ask("name,driver_version,clocks.sm,clocks.max.sm,clocks.mem,power.draw,temperature.gpu");
    }

    /** Returns the memory in use, by all processes. */
    static String memory() {
        return ask("memory.used");
    }

    private static String ask(String properties) {
        try {
            Process query = new ProcessBuilder("nvidia-smi", "--query-gpu=" + properties, "--format=csv,noheader")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new String(query.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "no nvidia-smi here";
        }
    }
}
