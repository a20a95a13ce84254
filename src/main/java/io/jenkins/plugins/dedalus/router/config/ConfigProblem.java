package io.jenkins.plugins.dedalus.router.config;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param file the file's name as the user gave it
 * @param line counted from 1; 0 when no line is to blame
 * @param key the dotted key, such as {@code listen.port}; empty when no key is to blame
 * @param sentence what is wrong and what is allowed
 */
public record ConfigProblem(String file, int line, String key, String sentence) {

    /** {@code router.yaml:7: listen.port: …}, the form editors and terminals make clickable. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(file);
        if (line > 0) {
            out.append(':').append(line);
        }
        out.append(": ");
        if (!key.isEmpty()) {
            out.append(key).append(": ");
        }
        return out.append(sentence).toString();
    }
}
