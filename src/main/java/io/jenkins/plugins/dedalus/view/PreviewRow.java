package io.jenkins.plugins.dedalus.view;

import hudson.Util;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.config.DedalusPermissions;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** One preview as pages and JSON show it to the user at hand. Ask {@link ReadAccess} before handing it out. */
@Restricted(NoExternalUse.class)
public final class PreviewRow {
    private final PreviewRecord record;
    private final MachinePhase phase;
    private final MachineUsage usage;
    private final String problem;

    private PreviewRow(PreviewRecord record, MachinePhase phase, MachineUsage usage, String problem) {
        this.record = record;
        this.phase = phase;
        this.usage = usage;
        this.problem = problem;
    }

    /**
     * Looks at a preview now.
     *
     * @param patience how long a page waits for Dedalus, whatever else is on it; what was known before is shown otherwise
     */
    public static PreviewRow of(PreviewRecord record, Duration patience) {
        return of(List.of(record), patience).get(0);
    }

    /** Looks at previews now, as {@link #of(PreviewRecord, Duration)}: for all of them together the page waits as long. */
    public static List<PreviewRow> of(List<PreviewRecord> records, Duration patience) {
        PageTimeout left = PageTimeout.of(patience);
        // An account that hangs must not use up the time in which another one answers.
        records.stream().filter(record -> record.machineId() != null).forEach(record -> MachineStatusCache.get()
                .begin(record.key()));
        return records.stream().map(record -> of(record, left)).toList();
    }

    private static PreviewRow of(PreviewRecord record, PageTimeout patience) {
        if (record.machineId() == null) {
            return new PreviewRow(record, null, null, null);
        }
        var phases = MachineStatusCache.get().phases(record.key(), patience);
        var usage = MachineStatusCache.get().usage(record.key(), patience);
        // A machine younger than the list of all is missing there, but not lost.
        boolean covered = phases.value() != null
                && record.machine().since() != null
                && record.machine().since().isBefore(phases.at());
        MachinePhase none = covered ? MachinePhase.DESTROYED : null;
        String id = MachineIds.canonical(record.machineId());
        return new PreviewRow(
                record,
                phases.value() == null ? null : phases.value().getOrDefault(id, none),
                usage.value() == null ? null : usage.value().getOrDefault(id, MachineUsage.NONE),
                phases.problem());
    }

    /** The record behind it. */
    public PreviewRecord getRecord() {
        return record;
    }

    /** The preview's id, e.g. {@code pr-123-shop-x7f2}. */
    public String getId() {
        return record.key().id();
    }

    /** Where its page is, below Jenkins' root, without a slash at either end. */
    public String getUrlName() {
        return "dedalus/preview/" + getId();
    }

    /** Where its link is, below Jenkins' root. */
    public String getOpenUrl() {
        return "dedalus/open/" + getId() + "/";
    }

    /** The state to show. */
    public DisplayedState getShown() {
        return DisplayedState.of(record, phase, waking());
    }

    private boolean waking() {
        return record.machineId() != null
                && PreviewEngines.get()
                        .gateNow(record.key())
                        .flatMap(gate -> gate.wakingSince(record.machineId()))
                        .isPresent();
    }

    /** {@code #123}. */
    public String getNumber() {
        return "#" + record.key().changeId();
    }

    /** The preview's name where the change request has several, else null. */
    public String getName() {
        return io.jenkins.plugins.dedalus.preview.model.PreviewKey.DEFAULT_NAME.equals(
                        record.key().name())
                ? null
                : record.key().name();
    }

    /** The repository, e.g. {@code github.com/acme/shop}. */
    public String getRepository() {
        return record.key().repository();
    }

    /** The source branch, or null. */
    public String getBranch() {
        return record.change() == null ? null : record.change().branch();
    }

    /** The change request's page if its address is one a browser may be sent to, else null. */
    public String getChangeUrl() {
        ChangeContext change = record.change();
        return change != null && change.url() != null && change.url().matches("https?://[^\\s\"'<>]+")
                ? change.url()
                : null;
    }

    /** The commit served, or asked for while there is none: its first characters; null if unknown. */
    public String getCommit() {
        String commit = record.commit();
        if (commit == null && record.change() != null) {
            commit = record.change().commit();
        }
        return commit == null ? null : commit.substring(0, Math.min(10, commit.length()));
    }

    /** The address for people; null while there is none, and once it is closed. */
    public String getAddress() {
        return isClosed() || record.deployedAt() == null
                ? null
                : PreviewEngines.get().publicUrl(record);
    }

    /** The addresses of all ports by port name, the main one first; empty while there are none. */
    public Map<String, String> getAddresses() {
        Map<String, String> addresses = new LinkedHashMap<>();
        if (getAddress() != null) {
            record.ports().forEach((name, port) -> {
                String url = PreviewEngines.get().publicUrl(port);
                if (url != null) {
                    addresses.put(name, url);
                }
            });
        }
        return addresses;
    }

    /** Whether it is gone for viewers; an unconfirmed closing still wakes for them. */
    public boolean isClosed() {
        return record.down();
    }

    /** When its machine and data are deleted; null unless it is closing. */
    public Instant getDeleteAt() {
        return record.state() == PreviewState.CLOSING && record.closing() != null
                ? record.closing().deleteAt()
                : null;
    }

    /** How long until then, for people; null unless it is closing. */
    public String getDeletion() {
        Instant at = getDeleteAt();
        return at == null ? null : Messages.PreviewRow_in(span(Duration.between(Instant.now(), at)));
    }

    /** When it is closed because nobody looks; null if it isn't, or is closed already. */
    public Instant getExpiresAt() {
        return record.closing() == null && record.state() != PreviewState.CLOSED
                ? record.lifetime().expiresAt()
                : null;
    }

    /** How long until then, for people. */
    public String getExpiry() {
        Instant at = getExpiresAt();
        return at == null ? null : Messages.PreviewRow_in(span(Duration.between(Instant.now(), at)));
    }

    /** Whether that is soon. */
    public boolean isExpiresSoon() {
        return getExpiresAt() != null && record.lifetime().expiresSoon(Instant.now());
    }

    /** Whether somebody pinned it. */
    public boolean isPinned() {
        return record.lifetime().pinnedAt(Instant.now());
    }

    /** Whether the user may keep it, and it is open or was closed because nobody looked. */
    public boolean isKeepable() {
        boolean open = record.state() != PreviewState.CLOSING && record.state() != PreviewState.CLOSED;
        return (open || record.closesUnseen()) && ReadAccess.may(record, DedalusPermissions.MANAGE);
    }

    /** Whether the user may move its end, and it has one. */
    public boolean isExtendable() {
        return isKeepable() && record.lifetime().expiresAt() != null;
    }

    /** Why it closed, or what needs attention; null if nothing does. */
    public String getNote() {
        if (record.closing() != null) {
            return record.closing().reason();
        }
        return record.problem();
    }

    /** Why the machine's state isn't known, a sentence; null if all is well. */
    public String getUnreadable() {
        return problem;
    }

    /** When it was made; null if unknown. */
    public Instant getCreatedAt() {
        return record.createdAt();
    }

    /** How old it is, for people. */
    public String getAge() {
        return record.createdAt() == null ? null : span(Duration.between(record.createdAt(), Instant.now()));
    }

    /** This month's use; null if it isn't known. */
    public MachineUsage usage() {
        return usage;
    }

    /** How long it was awake this month, for people; null if that isn't known. */
    public String getAwake() {
        return usage == null ? null : span(Duration.ofSeconds(usage.awakeSeconds()));
    }

    /** Seconds awake this month, for sorting. */
    public long getAwakeSeconds() {
        return usage == null ? -1 : usage.awakeSeconds();
    }

    /** What that costs at list prices, for people; null if it isn't known. */
    public String getCost() {
        return usage == null ? null : usage.cost();
    }

    /** The same in USD, for sorting. */
    public double getDollars() {
        return usage == null ? -1 : usage.dollars();
    }

    private static String span(Duration duration) {
        return duration.isZero() || duration.isNegative() ? "0 sec" : Util.getTimeSpanString(duration.toMillis());
    }

    /** The machine's id; null if it has none. */
    public String getMachineId() {
        return record.machineId();
    }

    /** The machine's phase as Dedalus calls it; null if unknown. */
    public String getPhase() {
        return phase == null ? null : phase.value();
    }

    /** Its job if it still exists. */
    public Job<?, ?> getJob() {
        return PreviewJobs.jobOf(record).orElse(null);
    }

    /** The number of the build that asked for it last, without loading it; null if it is gone. */
    public Integer getBuildNumber() {
        return PreviewJobs.buildNumberOf(record).orElse(null);
    }

    /** The build that asked for it last, which is loaded: for a page of one preview. Null if it is gone. */
    public Run<?, ?> getBuild() {
        return PreviewJobs.buildOf(record).orElse(null);
    }

    /** What was asked for on a page lately; null if nothing was. */
    public RecentActions.Asked getAsked() {
        return RecentActions.get().last(record.key()).orElse(null);
    }

    /** Whether the user may, and could now, wake it. */
    public boolean isWakeable() {
        return atRest() && !MachinePhase.RUNNING.equals(phase) && ReadAccess.may(record, DedalusPermissions.WAKE);
    }

    /** Whether the user may, and could now, put it to sleep. */
    public boolean isSleepable() {
        return atRest()
                && (phase == null || MachinePhase.RUNNING.equals(phase))
                && ReadAccess.may(record, DedalusPermissions.WAKE);
    }

    private boolean atRest() {
        DisplayedState shown = getShown();
        return record.machineId() != null && !isClosed() && !shown.isPassing() && shown != DisplayedState.LOST;
    }

    /** Whether the user may rebuild it, and there is a job to build. */
    public boolean isRebuildable() {
        Optional<Job<?, ?>> job = PreviewJobs.jobOf(record);
        return job.isPresent()
                && job.get().isBuildable()
                && ReadAccess.may(record, DedalusPermissions.MANAGE)
                && ReadAccess.may(record, Item.BUILD);
    }

    /** Whether the user may say which machine a create made whose answer was lost, and there is one to ask about. */
    public boolean isUnanswered() {
        return record.creation() != null && ReadAccess.may(record, DedalusPermissions.MANAGE);
    }

    /** Whether the user may take it down, and there is something left to take down. */
    public boolean isRemovable() {
        return record.state() != PreviewState.CLOSED && ReadAccess.may(record, DedalusPermissions.MANAGE);
    }
}
