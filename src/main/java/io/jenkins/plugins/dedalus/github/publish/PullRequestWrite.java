package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.github.SurfacePart;

/** One call that brings GitHub closer to what should stand there. */
sealed interface PullRequestWrite {
    /** What it is part of. */
    SurfacePart part();

    /** Whether it makes something that a second such call would make twice. */
    default boolean makes() {
        return this instanceof MakeDeployment || this instanceof MakeComment;
    }

    /** Whether it only looks. */
    default boolean looks() {
        return this instanceof FindDeployment || this instanceof FindComment;
    }

    /** Looks for a deployment whose making was never answered. */
    record FindDeployment(String preview, String commit, String environment) implements PullRequestWrite {
        @Override
        public SurfacePart part() {
            return SurfacePart.DEPLOYMENT;
        }
    }

    /** Makes a deployment of a commit. */
    record MakeDeployment(String preview, String commit, String environment) implements PullRequestWrite {
        @Override
        public SurfacePart part() {
            return SurfacePart.DEPLOYMENT;
        }
    }

    /** Says how a deployment goes. */
    record SetDeployment(
            String preview, long id, String state, String environmentUrl, String logUrl, String description)
            implements PullRequestWrite {
        @Override
        public SurfacePart part() {
            return SurfacePart.DEPLOYMENT;
        }
    }

    /** Looks for our comment. */
    record FindComment() implements PullRequestWrite {
        @Override
        public SurfacePart part() {
            return SurfacePart.COMMENT;
        }
    }

    /** Makes our comment. */
    record MakeComment(String body) implements PullRequestWrite {
        @Override
        public SurfacePart part() {
            return SurfacePart.COMMENT;
        }
    }

    /** Replaces our comment's text. */
    record EditComment(long id, String body) implements PullRequestWrite {
        @Override
        public SurfacePart part() {
            return SurfacePart.COMMENT;
        }
    }

    /** Says a commit's state. */
    record SetStatus(String preview, String commit, String context, String state, String url, String description)
            implements PullRequestWrite {
        @Override
        public SurfacePart part() {
            return SurfacePart.STATUS;
        }
    }

    /** Reacts to the comment of a command. */
    record React(long comment, String content) implements PullRequestWrite {
        @Override
        public SurfacePart part() {
            return SurfacePart.ANSWER;
        }
    }
}
