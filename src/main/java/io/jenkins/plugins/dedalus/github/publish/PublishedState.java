package io.jenkins.plugins.dedalus.github.publish;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands on GitHub about a change request as far as we know. Kept on the disk. A thing is doubtful while a call that
 * makes it may have had an answer which never came: then it is looked for before another one is made.
 *
 * @param change the change request
 * @param project the multibranch project whose credentials it was published with
 * @param comment the comment's id; null if there is none that we know
 * @param commentDoubtful whether there may be one all the same
 * @param previews each preview by its id
 * @param answered comments of commands that were reacted to, the newest last
 * @param said the command whose outcome the comment tells of; null if it tells of none
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record PublishedState(
        ChangeRef change,
        String project,
        Long comment,
        boolean commentDoubtful,
        Map<String, ShownPreview> previews,
        List<Long> answered,
        Long said) {
    /** More than anybody is told of. */
    private static final int ANSWERED = 100;

    /**
     * One preview.
     *
     * @param commit the commit whose deployment this is about; null if none was asked for
     * @param deployment its id; null if there is none that we know
     * @param doubtful whether there may be one all the same
     * @param deployed the state last published of it, and the link; null if none was
     * @param older deployments of older commits that aren't inactive yet
     * @param status the commit, its status last published and its context; null if none was
     * @param row what the comment says of it; null if nothing yet
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record ShownPreview(
            String commit,
            Long deployment,
            boolean doubtful,
            String deployed,
            List<Long> older,
            String status,
            String row) {
        static final ShownPreview NOTHING = new ShownPreview(null, null, false, null, List.of(), null, null);

        ShownPreview {
            older = older == null ? List.of() : List.copyOf(older);
        }

        /** A deployment of another commit is needed; this one gets old. */
        ShownPreview next(String nextCommit) {
            List<Long> all = new ArrayList<>(older);
            if (deployment != null) {
                all.add(deployment);
            }
            return new ShownPreview(nextCommit, null, false, null, all, status, row);
        }

        ShownPreview withDeployment(Long id, boolean doubt, String state) {
            return new ShownPreview(commit, id, doubt, state, older, status, row);
        }

        ShownPreview withoutOlder(Long id) {
            return new ShownPreview(
                    commit,
                    deployment,
                    doubtful,
                    deployed,
                    older.stream().filter(each -> !each.equals(id)).toList(),
                    status,
                    row);
        }

        ShownPreview withStatus(String published) {
            return new ShownPreview(commit, deployment, doubtful, deployed, older, published, row);
        }

        ShownPreview withRow(String written) {
            return new ShownPreview(commit, deployment, doubtful, deployed, older, status, written);
        }
    }

    PublishedState {
        previews = previews == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(previews));
        answered = answered == null ? List.of() : List.copyOf(answered);
    }

    /** Nothing known: a comment may stand there from before. */
    static PublishedState nothing(ChangeRef change, String project) {
        return new PublishedState(change, project, null, true, Map.of(), List.of(), null);
    }

    ShownPreview preview(String id) {
        return previews.getOrDefault(id, ShownPreview.NOTHING);
    }

    PublishedState with(String id, ShownPreview preview) {
        Map<String, ShownPreview> next = new LinkedHashMap<>(previews);
        next.put(id, preview);
        return new PublishedState(change, project, comment, commentDoubtful, next, answered, said);
    }

    PublishedState withComment(Long id, boolean doubt) {
        return new PublishedState(change, project, id, doubt, previews, answered, said);
    }

    PublishedState of(String owner) {
        return new PublishedState(change, owner, comment, commentDoubtful, previews, answered, said);
    }

    PublishedState withAnswered(long command) {
        List<Long> all = new ArrayList<>(answered);
        all.add(command);
        List<Long> newest = all.subList(Math.max(0, all.size() - ANSWERED), all.size());
        return new PublishedState(change, project, comment, commentDoubtful, previews, newest, said);
    }

    PublishedState withSaid(Long command) {
        return new PublishedState(change, project, comment, commentDoubtful, previews, answered, command);
    }

    /** Whether a link of ours stands there that people may follow. */
    boolean alive() {
        return previews.values().stream()
                .anyMatch(each -> !each.older().isEmpty()
                        || each.deployment() != null
                                && each.deployed() != null
                                && !each.deployed().startsWith("inactive"));
    }
}
