package io.jenkins.plugins.dedalus.router.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration can't be used. Carries every problem found, not just the first; the message is one line per
 * problem and is meant to be shown as it is.
 */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    /** @param problems at least one */
    public ConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining(System.lineSeparator())));
        this.problems = List.copyOf(problems);
    }

    /** All problems, in the order of the file. */
    public List<ConfigProblem> problems() {
        return problems == null ? List.of() : problems;
    }
}
