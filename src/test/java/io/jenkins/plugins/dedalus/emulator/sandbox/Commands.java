package io.jenkins.plugins.dedalus.emulator.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Short commands whose output is wanted. */
final class Commands {
    private Commands() {}

    /** Standard output; empty where the command can't be run or fails. */
    static String output(String... argv) {
        try {
            Process process = new ProcessBuilder(argv)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? output : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
