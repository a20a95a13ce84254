package io.jenkins.plugins.dedalus.scm;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.config.PreviewService;
import io.jenkins.plugins.dedalus.preview.PreviewKey;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.PreviewState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import jenkins.model.Jenkins;

/**
 * Which preview belongs to which job, and which build asked for it last. Follows renamed and moved jobs, remembers deleted
 * ones. Looks up as the system: whether somebody may see a job is the caller's question. Thread-safe.
 */
@Extension
public class PreviewJobs {
    private Map<PreviewKey, PreviewLink> links;

    /** The one of this Jenkins. */
    public static PreviewJobs get() {
        return ExtensionList.lookupSingleton(PreviewJobs.class);
    }

    /** The job that a preview belongs to; empty if it was deleted, or the preview was never a job's. */
    public static Optional<Job<?, ?>> jobOf(PreviewRecord record) {
        return get().link(record.key()).flatMap(PreviewJobs::job);
    }

    /** The build that asked for the preview last, if it still exists. */
    public static Optional<Run<?, ?>> buildOf(PreviewRecord record) {
        return get().link(record.key()).flatMap(link -> job(link).map(job -> job.getBuildByNumber(link.build())));
    }

    /** The previews of a job that aren't closed, by id; no API call. */
    public static List<PreviewRecord> recordsOf(Job<?, ?> job) {
        PreviewService service = PreviewService.get();
        return get().of(job).stream()
                .map(link -> service.record(link.key()))
                .flatMap(Optional::stream)
                .filter(record -> record.state() != PreviewState.CLOSED)
                .toList();
    }

    /** The job of a link; empty if it was deleted. */
    public static Optional<Job<?, ?>> job(PreviewLink link) {
        if (link.gone()) {
            return Optional.empty();
        }
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return Optional.ofNullable(Jenkins.get().getItemByFullName(link.job(), Job.class))
                    .map(job -> (Job<?, ?>) job);
        }
    }

    /** What is known about a preview's job. */
    public synchronized Optional<PreviewLink> link(PreviewKey key) {
        return Optional.ofNullable(links().get(key));
    }

    /** The links of a job, by preview id. */
    public synchronized List<PreviewLink> of(Job<?, ?> job) {
        return links().values().stream()
                .filter(link -> !link.gone() && link.job().equals(job.getFullName()))
                .sorted(java.util.Comparator.comparing(link -> link.key().id()))
                .toList();
    }

    /** Every link. */
    public synchronized List<PreviewLink> all() {
        return List.copyOf(links().values());
    }

    /**
     * Notes that a build asks for a preview.
     *
     * @param head the name of the branch source's head; null if there is none
     * @return the order of its request: higher for newer builds, also across jobs that take turns or were made anew
     */
    public synchronized long ask(PreviewKey key, Run<?, ?> run, String head) {
        String job = run.getParent().getFullName();
        PreviewLink before = links().get(key);
        long newest = PreviewService.get().record(key).map(PreviewRecord::order).orElse(0L);
        boolean same = before != null && !before.gone() && before.job().equals(job);
        long base = same ? before.base() : Math.max(0, newest + 1 - run.getNumber());
        if (before == null || !same || before.build() < run.getNumber() || !Objects.equals(head, before.head())) {
            int build = same ? Math.max(before.build(), run.getNumber()) : run.getNumber();
            put(new PreviewLink(key, job, build, base, head, false));
        }
        return base + run.getNumber();
    }

    /** Notes that a build takes its preview down: if it asks once more, that is a new request, not the one that was closed. */
    public synchronized void closed(PreviewKey key, Run<?, ?> run) {
        PreviewLink link = links().get(key);
        if (link != null
                && !link.gone()
                && link.build() == run.getNumber()
                && link.job().equals(run.getParent().getFullName())) {
            put(new PreviewLink(key, link.job(), link.build(), link.base() + 1, link.head(), false));
        }
    }

    /** Forgets previews that exist no more. Jobs under way keep theirs. */
    public synchronized void forget(PreviewKey key) {
        if (links().containsKey(key)) {
            Map<PreviewKey, PreviewLink> next = new LinkedHashMap<>(links);
            next.remove(key);
            save(next);
        }
    }

    synchronized void put(PreviewLink link) {
        Map<PreviewKey, PreviewLink> next = new LinkedHashMap<>(links());
        next.put(link.key(), link);
        save(next);
    }

    private Map<PreviewKey, PreviewLink> links() {
        if (links == null) {
            links = LinkFile.read();
        }
        return links;
    }

    private void save(Map<PreviewKey, PreviewLink> next) {
        LinkFile.write(next.values());
        links = next;
    }

    private synchronized void moved(String from, String to) {
        Map<PreviewKey, PreviewLink> next = new LinkedHashMap<>();
        links().values()
                .forEach(link -> next.put(
                        link.key(), link.within(from) ? link.at(to + link.job().substring(from.length())) : link));
        if (!next.equals(links)) {
            save(next);
        }
    }

    /** Marks the links of a deleted job, or of those in a deleted folder; returns them, the marked ones included. */
    public synchronized List<PreviewLink> deleted(String fullName) {
        List<PreviewLink> lost =
                links().values().stream().filter(link -> link.within(fullName)).toList();
        if (lost.stream().anyMatch(link -> !link.gone())) {
            Map<PreviewKey, PreviewLink> next = new LinkedHashMap<>(links);
            lost.forEach(link -> next.put(link.key(), link.deleted()));
            save(next);
        }
        return lost;
    }

    /** Follows jobs; early, so that others see the new names. */
    @Extension(ordinal = 100)
    public static final class Follower extends ItemListener {
        @Override
        public void onLocationChanged(Item item, String oldFullName, String newFullName) {
            get().moved(oldFullName, newFullName);
        }
    }
}
