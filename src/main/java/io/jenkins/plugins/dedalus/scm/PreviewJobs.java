package io.jenkins.plugins.dedalus.scm;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.io.File;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import jenkins.scm.api.SCMHead;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Which preview belongs to which job, and which build asked for it last. Follows renamed and moved jobs, remembers deleted
 * ones. Looks up as the system: whether somebody may see a job is the caller's question. Whoever reads waits for nobody.
 * Thread-safe.
 */
@Extension
@Restricted(NoExternalUse.class)
public class PreviewJobs {
    /** What the repository of a preview begins with that is named by its job, for want of a repository. */
    public static final String NAMED_BY_JOB = "jenkins/";

    private static final int STRIPES = 64;

    private final AtomicReference<LinkIndex> index = new AtomicReference<>();
    private final LinkFiles files =
            new LinkFiles(Jenkins.get().getRootDir().toPath().resolve("dedalus"));
    /** One write at a time per file; a few locks for all of them. Readers take none. */
    private final Object[] stripes = Stream.generate(Object::new).limit(STRIPES).toArray();

    /** The one of this Jenkins. */
    public static PreviewJobs get() {
        return ExtensionList.lookupSingleton(PreviewJobs.class);
    }

    /**
     * The job that a preview belongs to; empty if it was deleted, or the preview was never a job's. One that is closed isn't
     * that of the job which asked for its name since.
     */
    public static Optional<Job<?, ?>> jobOf(PreviewRecord record) {
        Optional<PreviewLink> link = get().link(record.key());
        if (record.state() != PreviewState.CLOSED) {
            return link.flatMap(PreviewJobs::job);
        }
        return link.filter(known -> record.order() >= known.base())
                .flatMap(PreviewJobs::job)
                .filter(job -> PreviewEngines.get()
                        .accountOf(record)
                        .filter(account -> account.covers(job))
                        .isPresent());
    }

    /** The build that asked for the preview last, if it still exists. */
    public static Optional<Run<?, ?>> buildOf(PreviewRecord record) {
        return get().link(record.key()).flatMap(link -> job(link).map(job -> job.getBuildByNumber(link.build())));
    }

    /** The number of that build, if it still exists; without loading it, as lists must not. */
    public static Optional<Integer> buildNumberOf(PreviewRecord record) {
        return get().link(record.key()).flatMap(link -> job(link)
                .filter(job -> new File(job.getBuildDir(), Integer.toString(link.build())).isDirectory())
                .map(job -> link.build()));
    }

    /** The previews of a job that aren't closed, by id; no API call. */
    public static List<PreviewRecord> recordsOf(Job<?, ?> job) {
        PreviewEngines service = PreviewEngines.get();
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
    public Optional<PreviewLink> link(PreviewKey key) {
        return Optional.ofNullable(links().get(key));
    }

    /** The links of a job, by preview id. Asked for every job of a list: a look into a map. */
    public List<PreviewLink> of(Job<?, ?> job) {
        List<PreviewLink> all = links().ofJob(job.getFullName());
        return all.isEmpty() ? all : all.stream().filter(link -> !link.gone()).toList();
    }

    /** The links of a change request's previews, by preview id. */
    public List<PreviewLink> of(ChangeRef change) {
        return links().ofChange(change);
    }

    /** Every link. */
    public List<PreviewLink> all() {
        return links().all();
    }

    /**
     * Notes that a build asks for a preview, if it may. The preview becomes its job's, unless it is open and the job only is
     * among those that may use it.
     *
     * @param head the name of the branch source's head; null if there is none
     * @return the order of its request: higher for newer builds, also across jobs that take turns or were made anew
     * @throws io.jenkins.plugins.dedalus.preview.error.PreviewException with a sentence if its job may not use the preview
     */
    public long ask(PreviewKey key, Run<?, ?> run, String head) {
        while (true) {
            // The check may load a build: not under a lock that pages take.
            Optional<PreviewLink> seen = link(key);
            PreviewUse.checkAsking(key, run.getParent(), seen);
            OptionalLong order = ask(key, run, head, seen);
            if (order.isPresent()) {
                return order.getAsLong();
            }
        }
    }

    /** Empty if somebody else asked since the link was looked at. */
    private OptionalLong ask(PreviewKey key, Run<?, ?> run, String head, Optional<PreviewLink> seen) {
        PreviewLink before = seen.orElse(null);
        String job = run.getParent().getFullName();
        Optional<PreviewRecord> record = PreviewEngines.get().record(key, run.getParent());
        long newest = record.map(PreviewRecord::order).orElse(0L);
        boolean open =
                record.filter(known -> known.state() != PreviewState.CLOSED).isPresent();
        if (open && before != null && isGuest(before, run.getParent())) {
            long order = Math.max(newest, before.base() + before.build()) + 1;
            PreviewLink next = before.asked(before.build(), order - before.build(), before.head());
            return replace(key, before, next) ? OptionalLong.of(order) : OptionalLong.empty();
        }
        boolean same = before != null && PreviewUse.isLinked(before, run.getParent());
        // Above what there was, so that it is known later that it wasn't this job's.
        long base = same ? before.base() : newest == 0 ? 0 : newest + 1;
        int build = same ? Math.max(before.build(), run.getNumber()) : run.getNumber();
        PreviewLink next = same ? before.asked(build, base, head) : PreviewLink.of(key, job, build, base, head);
        boolean kept = next.equals(before) ? seen.equals(link(key)) : replace(key, before, next);
        return kept ? OptionalLong.of(base + run.getNumber()) : OptionalLong.empty();
    }

    /**
     * Gives a preview to another job, because an administrator says so.
     *
     * @throws io.jenkins.plugins.dedalus.preview.error.PreviewException with a sentence if the job isn't of the preview's account
     */
    public void give(PreviewRecord record, Job<?, ?> job) {
        boolean covered = PreviewEngines.get()
                .accountOf(record)
                .filter(account -> account.covers(job))
                .isPresent();
        if (!covered) {
            throw new PreviewException(
                    Messages.PreviewJobs_otherAccount(record.key().id(), job.getFullName()));
        }
        SCMHead head = SCMHead.HeadByItem.findHead(job);
        int build = job.getNextBuildNumber() - 1;
        long base = Math.max(0, record.order() - build);
        put(PreviewLink.of(record.key(), job.getFullName(), build, base, head == null ? null : head.getName()));
    }

    /**
     * Notes that somebody approved a commit of a fork for a build's job, as if that build asked for the preview: the approval
     * stays with the preview, also when the build is deleted.
     *
     * @throws io.jenkins.plugins.dedalus.preview.error.PreviewException with a sentence if the job may not use the preview
     */
    public void approve(PreviewKey key, Run<?, ?> run, Approval approval) {
        SCMHead head = SCMHead.HeadByItem.findHead(run.getParent());
        ask(key, run, head == null ? null : head.getName());
        while (true) {
            PreviewLink link = links().get(key);
            if (link == null || !PreviewUse.isLinked(link, run.getParent())) {
                throw new PreviewException(
                        Messages.PreviewUse_refused(key.id(), run.getParent().getFullName()));
            }
            if (replace(key, link, link.approved(approval))) {
                return;
            }
        }
    }

    /** Who approved a commit of a fork for a job's previews; empty if nobody did. */
    public Optional<Approval> approval(Job<?, ?> job, String commit) {
        return of(job).stream().flatMap(link -> link.approval(commit).stream()).findFirst();
    }

    private static boolean isGuest(PreviewLink link, Job<?, ?> job) {
        return !link.gone() && !PreviewUse.isLinked(link, job) && !PreviewUse.isOfProject(link, job);
    }

    /** Notes that a build takes its preview down: if it asks once more, that is a new request, not the one that was closed. */
    public void closed(PreviewKey key, Run<?, ?> run) {
        boolean noted = false;
        while (!noted) {
            PreviewLink link = links().get(key);
            boolean asked = link != null
                    && !link.gone()
                    && link.build() == run.getNumber()
                    && link.job().equals(run.getParent().getFullName());
            noted = !asked || replace(key, link, link.asked(link.build(), link.base() + 1, link.head()));
        }
    }

    /** Forgets previews that exist no more. Jobs under way keep theirs. */
    public void forget(PreviewKey key) {
        PreviewLink link = links().get(key);
        while (link != null && !replace(key, link, null)) {
            link = links().get(key);
        }
    }

    void put(PreviewLink link) {
        boolean put = false;
        while (!put) {
            put = replace(link.key(), links().get(link.key()), link);
        }
    }

    private LinkIndex links() {
        LinkIndex now = index.get();
        return now == null ? load() : now;
    }

    private synchronized LinkIndex load() {
        if (index.get() == null) {
            index.set(LinkIndex.EMPTY.with(files.read()));
        }
        return index.get();
    }

    /**
     * Puts a link, on the disk first, in the place of the one that was seen.
     *
     * @param seen null for none
     * @param next null for none any more
     * @return false, and nothing is changed, if another one is there meanwhile
     */
    private boolean replace(PreviewKey key, PreviewLink seen, PreviewLink next) {
        synchronized (stripe(key)) {
            if (!Objects.equals(links().get(key), seen)) {
                return false;
            }
            save(key, next);
            if (publish(key, seen, next)) {
                return true;
            }
            // Its job was moved or deleted meanwhile: that is what counts.
            save(key, links().get(key));
            return false;
        }
    }

    private boolean publish(PreviewKey key, PreviewLink seen, PreviewLink next) {
        while (true) {
            LinkIndex now = links();
            if (!Objects.equals(now.get(key), seen)) {
                return false;
            }
            if (index.compareAndSet(now, next == null ? now.without(key) : now.with(List.of(next)))) {
                return true;
            }
        }
    }

    /** Follows what already happened to jobs: at once in memory, then on the disk. */
    private void follow(Function<LinkIndex, List<PreviewLink>> changes) {
        List<PreviewLink> changed;
        LinkIndex now;
        do {
            now = links();
            changed = changes.apply(now);
        } while (!changed.isEmpty() && !index.compareAndSet(now, now.with(changed)));
        UncheckedIOException failure = null;
        for (PreviewLink link : changed) {
            try {
                synchronized (stripe(link.key())) {
                    save(link.key(), links().get(link.key()));
                }
            } catch (UncheckedIOException e) {
                // The others all the same.
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private Object stripe(PreviewKey key) {
        return stripes[Math.floorMod(key.hashCode(), STRIPES)];
    }

    private void save(PreviewKey key, PreviewLink link) {
        if (link == null) {
            files.delete(key);
        } else {
            files.write(link);
        }
    }

    private void moved(String from, String to) {
        follow(now -> now.within(from).stream()
                .map(link -> link.at(to + link.job().substring(from.length())))
                .toList());
    }

    /** Marks the links of a deleted job, or of those in a deleted folder; returns them, the marked ones included. */
    public List<PreviewLink> deleted(String fullName) {
        List<PreviewLink> lost = links().within(fullName);
        follow(now -> now.within(fullName).stream()
                .filter(link -> !link.gone())
                .map(PreviewLink::deleted)
                .toList());
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
