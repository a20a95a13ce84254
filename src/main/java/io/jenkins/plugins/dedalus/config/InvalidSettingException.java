package io.jenkins.plugins.dedalus.config;

import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A value that can't be a setting. The message is a sentence that names the field, the value and what is allowed. */
@Restricted(NoExternalUse.class)
public final class InvalidSettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String field;

    /** Makes one for the setting called {@code field}. */
    public InvalidSettingException(String field, String sentence) {
        super(sentence);
        this.field = field;
    }

    /** The setting's name, as in Configuration as Code. */
    public String field() {
        return field;
    }
}
