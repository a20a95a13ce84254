package io.jenkins.plugins.dedalus.github.command;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a command asks for. */
enum Verb {
    /** How the previews are: the comment is brought up to date. */
    STATE(Role.WRITER),
    /** Wake the machines. */
    WAKE(Role.WRITER),
    /** Put the machines to sleep. */
    SLEEP(Role.WRITER),
    /** Build the pull request again. */
    REBUILD(Role.WRITER),
    /** Show the end of the newest build's log. */
    LOGS(Role.WRITER),
    /** Live longer. */
    EXTEND(Role.MAINTAINER),
    /** Live until further notice. */
    PIN(Role.MAINTAINER),
    /** Delete machines and data at once. */
    TEARDOWN(Role.MAINTAINER),
    /** Let one commit of a fork run. */
    APPROVE(Role.MAINTAINER);

    private final Role needed;

    Verb(Role needed) {
        this.needed = needed;
    }

    Role needed() {
        return needed;
    }

    /** The word for it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Verb> of(String word) {
        return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
    }
}
