package io.github.mgn4j.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;

/** Formats the command's JSON. */
final class Json {
    private Json() {}

    static String text(JsonElement json) {
        return new GsonBuilder().setPrettyPrinting().serializeNulls().create().toJson(json) + "\n";
    }
}
