package io.jenkins.plugins.dedalus.demo;

/** One of the demo's pull requests: an open branch of the guestbook and the host its preview is served on. */
record PullRequest(int number, String branch, String title, String commit) {
    /** The preview's name: {@code pr-1}. */
    String name() {
        return "pr-" + number;
    }

    String host() {
        return name() + ".localhost";
    }
}
