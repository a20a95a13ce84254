package io.jenkins.plugins.dedalus.github;

/** What a pull request carries of its previews. */
public enum SurfacePart {
    /** A deployment of each commit, with the link. */
    DEPLOYMENT("Deployments: write"),
    /** The one comment. */
    COMMENT("Pull requests: write"),
    /** A commit status. */
    STATUS("Commit statuses: write"),
    /** A reaction to each command. */
    ANSWER("Pull requests: write"),
    /** No part, but what commands and labels take: reading them, and what a command's author may do. */
    READING("Metadata: read, Pull requests: read, and for a user's token push access");

    private final String permission;

    SurfacePart(String permission) {
        this.permission = permission;
    }

    /** The permission it needs, as GitHub names it. */
    public String permission() {
        return permission;
    }
}
