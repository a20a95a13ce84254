package io.jenkins.plugins.dedalus.github.command;

import hudson.model.Cause;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Why a pull request was built that somebody did something to on GitHub. */
@Restricted(NoExternalUse.class)
public final class GitHubCause extends Cause {
    private final String login;
    private final String verb;

    private GitHubCause(String login, String verb) {
        this.login = login;
        this.verb = verb;
    }

    /** Somebody wrote a command. */
    static GitHubCause command(String login, Verb verb) {
        return new GitHubCause(login, verb.word());
    }

    /** Labels or draft state changed; GitHub doesn't say by whom. */
    static GitHubCause wish() {
        return new GitHubCause(null, null);
    }

    /** Whether somebody asked for it by a command. */
    boolean isCommand() {
        return login != null;
    }

    /** Who wrote the command, as GitHub names people; null if nobody did. */
    public String getLogin() {
        return login;
    }

    @Override
    public String getShortDescription() {
        return login == null ? Messages.GitHubCause_wish() : Messages.GitHubCause_command(login, verb);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GitHubCause that
                && Objects.equals(login, that.login)
                && Objects.equals(verb, that.verb);
    }

    @Override
    public int hashCode() {
        return Objects.hash(login, verb);
    }
}
