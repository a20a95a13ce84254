package io.jenkins.plugins.dedalus.demo;

/** The demo saw something else than it claims. The message is a sentence for the person who ran it. */
final class Deviation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Deviation(String sentence) {
        super(sentence);
    }
}
