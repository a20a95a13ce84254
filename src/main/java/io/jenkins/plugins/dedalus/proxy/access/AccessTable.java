package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Viewer access × Dedalus visibility: the one place that says what goes together. docs/security.md shows this table; a test
 * keeps them the same.
 */
public final class AccessTable {
    private static final List<Visibility> VISIBILITIES = List.of(Visibility.PUBLIC, Visibility.ORG, Visibility.PRIVATE);
    private static final List<Cell> CELLS = cells();

    private AccessTable() {}

    /**
     * One combination.
     *
     * @param access who may view the preview host
     * @param visibility who may open the Dedalus URL
     * @param viewerKey whether a separate viewer key is sent upstream
     * @param allowed whether the combination may be configured
     * @param dedalusUrlShown whether viewers, logs and scripts may learn the Dedalus URL
     * @param sentence what it means, or why it is refused and what to do instead
     */
    public record Cell(
            AccessMode access,
            Visibility visibility,
            boolean viewerKey,
            boolean allowed,
            boolean dedalusUrlShown,
            String sentence) {}

    /** Every combination, in the order of the documentation. */
    public static List<Cell> all() {
        return CELLS.stream().toList();
    }

    /** The combination's cell. A visibility this version doesn't know is treated as private. */
    public static Cell of(AccessMode access, Visibility visibility, boolean viewerKey) {
        Visibility known = VISIBILITIES.contains(visibility) ? visibility : Visibility.PRIVATE;
        return CELLS.stream()
                .filter(cell ->
                        cell.access() == access && cell.visibility().equals(known) && cell.viewerKey() == viewerKey)
                .findFirst()
                .orElseThrow();
    }

    /** Refuses a combination that can't work or protects nothing, with {@link IllegalArgumentException}. */
    public static void check(AccessMode access, Visibility visibility, boolean viewerKey) {
        Cell cell = of(access, visibility, viewerKey);
        if (!cell.allowed()) {
            throw new IllegalArgumentException(cell.sentence());
        }
    }

    private static List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (AccessMode access : AccessMode.values()) {
            for (Visibility visibility : VISIBILITIES) {
                cells.add(cell(access, visibility, false));
                cells.add(cell(access, visibility, true));
            }
        }
        return List.copyOf(cells);
    }

    private static Cell cell(AccessMode access, Visibility visibility, boolean key) {
        String name = access.name().toLowerCase(Locale.ROOT);
        if (visibility.equals(Visibility.PUBLIC)) {
            return access == AccessMode.PUBLIC
                    ? new Cell(access, visibility, key, true, true, "Anyone may view, here and at the Dedalus URL.")
                    : new Cell(
                            access,
                            visibility,
                            key,
                            true,
                            false,
                            "The preview host is protected; the Dedalus URL answers whoever learns it, so it is never shown.");
        }
        if (!key) {
            return new Cell(
                    access,
                    visibility,
                    false,
                    false,
                    false,
                    "Access " + name + " over a Dedalus URL of visibility " + visibility
                            + " can't work: Dedalus asks for a"
                            + " sign-in that the proxy has no key for. Use visibility public, or "
                            + (access == AccessMode.PUBLIC ? "access basic or jenkins with" : "configure")
                            + " a viewer key.");
        }
        return access == AccessMode.PUBLIC
                ? new Cell(
                        access,
                        visibility,
                        true,
                        false,
                        false,
                        "Access public would show a preview of visibility " + visibility
                                + " to anyone through the viewer key."
                                + " Use access basic or jenkins, or visibility public.")
                : new Cell(
                        access,
                        visibility,
                        true,
                        true,
                        false,
                        "Protected at both ends; the viewer key is sent upstream, where the gateway sees it.");
    }
}
