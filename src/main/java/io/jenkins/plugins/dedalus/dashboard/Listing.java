package io.jenkins.plugins.dedalus.dashboard;

import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.accounts.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.view.MachineUsage;
import io.jenkins.plugins.dedalus.view.PreviewRow;
import io.jenkins.plugins.dedalus.view.ReadAccess;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The previews that the user at hand may see: open ones first, the newest first among them, a page at a time. */
@Restricted(NoExternalUse.class)
public final class Listing {
    /** Previews per page. */
    static final int PAGE = 50;

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Comparator<PreviewRecord> ORDER = Comparator.comparing(
                    (PreviewRecord record) -> record.state() == PreviewState.CLOSING)
            .thenComparing(
                    record -> record.createdAt() == null ? Instant.EPOCH : record.createdAt(),
                    Comparator.reverseOrder())
            .thenComparing(record -> record.key().id());

    private final String query;
    private final int page;
    private final int size;
    private final int total;
    private final int found;
    private final String unavailable;
    private final List<PreviewRow> rows;

    private Listing(String query, int page, int size, int total, int found, String unavailable, List<PreviewRow> rows) {
        this.query = query;
        this.page = page;
        this.size = size;
        this.total = total;
        this.found = found;
        this.unavailable = unavailable;
        this.rows = rows;
    }

    /** Every preview that the user may see, in order. */
    static List<PreviewRecord> visible() {
        return PreviewEngines.get().records().stream()
                .filter(ReadAccess::maySee)
                .sorted(ORDER)
                .toList();
    }

    /**
     * Makes a page of the list.
     *
     * @param query words that must all occur; null or blank for everything
     * @param page from 1; anything else shows the nearest page
     */
    static Listing of(String query, int page) {
        return of(query, page, PAGE);
    }

    /**
     * Makes a page of this size.
     *
     * @param size previews per page, 1 or more
     */
    static Listing of(String query, int page, int size) {
        String wanted = query == null ? "" : query.strip();
        List<PreviewRecord> all;
        try {
            all = visible();
        } catch (PreviewsUnavailableException e) {
            return new Listing(wanted, 1, size, 0, 0, e.getMessage(), List.of());
        }
        List<PreviewRecord> matching =
                all.stream().filter(record -> matches(record, wanted)).toList();
        int last = Math.max(1, (matching.size() + size - 1) / size);
        int shown = Math.min(Math.max(1, page), last);
        List<PreviewRow> rows = PreviewRow.of(
                matching.stream().skip((long) (shown - 1) * size).limit(size).toList(), PATIENCE);
        String unavailable = PreviewEngines.get().unavailableLately().orElse(null);
        return new Listing(wanted, shown, size, all.size(), matching.size(), unavailable, rows);
    }

    private static boolean matches(PreviewRecord record, String query) {
        String text = Stream.of(
                        record.key().id(),
                        "#" + record.key().changeId(),
                        record.key().repository(),
                        record.key().name(),
                        record.change() == null ? null : record.change().branch(),
                        record.commit(),
                        record.state().name())
                .filter(Objects::nonNull)
                .reduce("", (a, b) -> a + "\n" + b)
                .toLowerCase(Locale.ROOT);
        return Stream.of(query.toLowerCase(Locale.ROOT).split("\\s+")).allMatch(text::contains);
    }

    /** The page's previews. */
    public List<PreviewRow> getRows() {
        return rows;
    }

    /** What was searched for; empty for everything. */
    public String getQuery() {
        return query;
    }

    /** This page, from 1. */
    public int getPage() {
        return page;
    }

    /** The last page, at least 1. */
    public int getLastPage() {
        return Math.max(1, (found + size - 1) / size);
    }

    /** How many previews the user may see. */
    public int getTotal() {
        return total;
    }

    /** How many of them match the query. */
    public int getFound() {
        return found;
    }

    /** The position of the first preview of this page, from 1. */
    public int getFirst() {
        return found == 0 ? 0 : (page - 1) * size + 1;
    }

    /** The position of the last preview of this page. */
    public int getLast() {
        return Math.min(found, page * size);
    }

    /** Why previews can't be made or changed now, a sentence; null if all is well. */
    public String getUnavailable() {
        return unavailable;
    }

    /** Why the machines' states are not up to date, a sentence; null if they are. */
    public String getUnreadable() {
        return rows.stream()
                .map(PreviewRow::getUnreadable)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** This month's cost of the page's previews at list prices; null while it isn't known. */
    public String getCost() {
        List<MachineUsage> known =
                rows.stream().map(PreviewRow::usage).filter(Objects::nonNull).toList();
        return known.isEmpty()
                ? null
                : known.stream().reduce(MachineUsage.NONE, MachineUsage::plus).cost();
    }
}
