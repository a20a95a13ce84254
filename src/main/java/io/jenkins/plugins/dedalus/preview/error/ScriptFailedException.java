package io.jenkins.plugins.dedalus.preview.error;

/** A script of the change request ended badly: its own fault, not the platform's. */
public final class ScriptFailedException extends PreviewException {
    private static final long serialVersionUID = 1L;

    private final String step;
    private final Integer exitCode;

    public ScriptFailedException(String step, Integer exitCode, String sentence) {
        super(sentence);
        this.step = step;
        this.exitCode = exitCode;
    }

    /** Which script, e.g. {@code deploy}. */
    public String step() {
        return step;
    }

    /** Its exit code; null if it had none, e.g. after a timeout. */
    public Integer exitCode() {
        return exitCode;
    }
}
