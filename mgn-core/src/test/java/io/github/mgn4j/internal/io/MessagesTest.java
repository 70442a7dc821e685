package io.github.mgn4j.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessagesTest {
    @Test
    void messagesAreOneLineWithoutCommands() {
        assertThat(Messages.oneLine("a \r\n\n b")).isEqualTo("a; b");
        assertThat(Messages.oneLine("\u001b[31m\u0007\t\u009b")).isEqualTo("\\u001b[31m\\u0007\\u0009\\u009b");
        assertThat(Messages.oneLine("ä 人 \\u001b $1")).isEqualTo("ä 人 \\u001b $1");
    }
}
