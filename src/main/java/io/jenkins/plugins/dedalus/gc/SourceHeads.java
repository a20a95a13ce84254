package io.jenkins.plugins.dedalus.gc;

import hudson.Util;
import hudson.model.Job;
import hudson.model.TaskListener;
import io.jenkins.plugins.dedalus.gc.ChangeQuestions.Question;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMSource;
import jenkins.scm.api.mixin.ChangeRequestSCMHead;

/**
 * Asks a branch source itself whether the head that a preview is for is still there. What its events say counts for nothing:
 * many servers' webhooks come without a signature.
 */
final class SourceHeads {
    private SourceHeads() {}

    /**
     * Which heads are gone. Waits for the server. A source that looks heads up one by one is believed if it still sees the
     * change request's target: else it may have lost its access to the repository. One that only goes through its listing is
     * asked for that once; it may leave a head out because its traits changed, and is believed if an event said the same.
     *
     * @return by the change request's number, whether its head is gone; none for what can't be known, as when the job that
     *     knew the head is gone
     * @throws IOException with a message when the server can't be asked
     */
    static Map<String, Boolean> gone(SCMSource source, List<Question> questions)
            throws IOException, InterruptedException {
        Map<String, Boolean> gone = new HashMap<>();
        if (questions.isEmpty()) {
            return gone;
        }
        Heads heads = looksUp(source) ? new OneByOne(source) : new Listed(source.fetch(TaskListener.NULL));
        for (Question question : questions) {
            Optional<SCMHead> head = PreviewJobs.job(question.link()).map(SourceHeads::headOf);
            if (head.isPresent()) {
                heads.gone(head.get(), question.told())
                        .ifPresent(known -> gone.put(question.link().key().changeId(), known));
            }
        }
        return gone;
    }

    /** A way of asking. */
    private interface Heads {
        Optional<Boolean> gone(SCMHead head, boolean told) throws IOException, InterruptedException;
    }

    private record Listed(Set<SCMHead> heads) implements Heads {
        @Override
        public Optional<Boolean> gone(SCMHead head, boolean told) {
            boolean there = heads.stream().anyMatch(each -> each.getName().equals(head.getName()));
            return there ? Optional.of(false) : told ? Optional.of(true) : Optional.empty();
        }
    }

    private record OneByOne(SCMSource source, Map<SCMHead, Boolean> targets) implements Heads {
        OneByOne(SCMSource source) {
            this(source, new HashMap<>());
        }

        @Override
        public Optional<Boolean> gone(SCMHead head, boolean told) throws IOException, InterruptedException {
            if (source.fetch(head, TaskListener.NULL) != null) {
                return Optional.of(false);
            }
            return head instanceof ChangeRequestSCMHead change && isThere(change.getTarget())
                    ? Optional.of(true)
                    : Optional.empty();
        }

        private boolean isThere(SCMHead target) throws IOException, InterruptedException {
            Boolean known = targets.get(target);
            if (known == null) {
                known = source.fetch(target, TaskListener.NULL) != null;
                targets.put(target, known);
            }
            return known;
        }
    }

    /** The inherited way goes through the listing. */
    private static boolean looksUp(SCMSource source) {
        return Util.isOverridden(SCMSource.class, source.getClass(), "retrieve", SCMHead.class, TaskListener.class);
    }

    private static SCMHead headOf(Job<?, ?> job) {
        return SCMHead.HeadByItem.findHead(job);
    }
}
