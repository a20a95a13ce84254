package io.jenkins.plugins.dedalus.router.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one file, so that all of it can be said at once. */
final class ConfigProblems {
    private final String file;
    private final List<ConfigProblem> found = new ArrayList<>();

    ConfigProblems(String file) {
        this.file = file;
    }

    void add(int line, String key, String sentence) {
        found.add(new ConfigProblem(file, line, key, sentence));
    }

    boolean any() {
        return !found.isEmpty();
    }

    void throwIfAny() {
        if (any()) {
            found.sort(Comparator.comparingInt(ConfigProblem::line));
            throw new ConfigException(found);
        }
    }
}
