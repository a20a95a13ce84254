package io.jenkins.plugins.dedalus.client.model;

import java.util.List;
import java.util.Objects;

/**
 * One page of a list.
 *
 * @param items never null, no null elements
 * @param nextCursor hand it to the next call; null on the last page
 */
public record Page<T>(List<T> items, String nextCursor) {

    /** Copies the items and leaves nulls out. */
    public Page {
        items = items == null
                ? List.of()
                : items.stream().filter(Objects::nonNull).toList();
        nextCursor = nextCursor == null || nextCursor.isBlank() ? null : nextCursor;
    }
}
