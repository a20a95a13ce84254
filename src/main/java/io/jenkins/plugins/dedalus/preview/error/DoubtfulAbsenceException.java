package io.jenkins.plugins.dedalus.preview.error;

/** A machine is not found, and that may be a passing fault of Dedalus: worth another look, and proof of nothing. */
public final class DoubtfulAbsenceException extends PreviewException {
    private static final long serialVersionUID = 1L;

    public DoubtfulAbsenceException(String machineId) {
        super("Dedalus does not find machine " + machineId + ", which may be a passing fault. Looking again.");
    }
}
