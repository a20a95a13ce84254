package io.jenkins.plugins.dedalus.accounts;

import java.util.function.Supplier;

/** Vert.x finds its parts by the thread's class loader, which in Jenkins knows nothing of a plugin's libraries. */
public final class PluginContext {
    private PluginContext() {}

    /** Does something with the plugin's class loader as the thread's. */
    public static <T> T in(Supplier<T> action) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(PluginContext.class.getClassLoader());
        try {
            return action.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
