package io.github.mgn4j.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = CompletionCommand.NAME,
        mixinStandardHelpOptions = true,
        description = "Print a script that completes this command in bash and zsh: source <(./mgn completion).")
final class CompletionCommand implements Callable<Integer>, WithoutEngine {
    static final String NAME = "completion";

    private final Terminal terminal;

    @Spec
    private @Nullable CommandSpec spec;

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CommandSpec root = Objects.requireNonNull(spec).root();
        terminal.println(AutoComplete.bash(root.name(), root.commandLine()).stripTrailing());
        return 0;
    }
}
