package io.jenkins.plugins.dedalus.config;

import hudson.model.Descriptor.FormException;

/** Brings the sentence about a bad value out from under the layers that Stapler wraps around it. */
final class FormErrors {
    private FormErrors() {}

    /** Makes something out of a form. */
    @FunctionalInterface
    interface Binding<T> {
        T bind() throws FormException;
    }

    /** Binds; a value that was refused on the way, however deep, is a {@link FormException} with its sentence. */
    static <T> T binding(Binding<T> binding) throws FormException {
        try {
            return binding.bind();
        } catch (RuntimeException | LinkageError e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof InvalidSettingException invalid) {
                    throw sentence(invalid.getMessage(), invalid.field());
                }
                if (cause instanceof FormException form) {
                    throw sentence(form.getMessage(), form.getFormField());
                }
            }
            throw e;
        }
    }

    /** Without a cause on purpose: Jenkins' error page would show its stack trace. */
    private static FormException sentence(String message, String field) {
        return new FormException(message, field);
    }
}
