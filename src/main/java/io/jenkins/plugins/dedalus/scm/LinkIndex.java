package io.jenkins.plugins.dedalus.scm;

import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** All links at one moment, by preview, by job and by change request. Immutable: readers wait for nobody. */
final class LinkIndex {
    /** No links. */
    static final LinkIndex EMPTY = new LinkIndex(Map.of(), new TreeMap<>(), Map.of());

    private static final Comparator<PreviewLink> BY_ID =
            Comparator.comparing(link -> link.key().id());

    private final Map<PreviewKey, PreviewLink> byKey;
    private final NavigableMap<String, List<PreviewLink>> byJob;
    private final Map<ChangeRef, List<PreviewLink>> byChange;

    private LinkIndex(
            Map<PreviewKey, PreviewLink> byKey,
            NavigableMap<String, List<PreviewLink>> byJob,
            Map<ChangeRef, List<PreviewLink>> byChange) {
        this.byKey = byKey;
        this.byJob = byJob;
        this.byChange = byChange;
    }

    /** The link of a preview; null if there is none. */
    PreviewLink get(PreviewKey key) {
        return byKey.get(key);
    }

    /** Every link. */
    List<PreviewLink> all() {
        return List.copyOf(byKey.values());
    }

    /** The links of a job of this name, deleted ones included, by preview id. */
    List<PreviewLink> ofJob(String fullName) {
        return byJob.getOrDefault(fullName, List.of());
    }

    /** The links of a change request's previews, by preview id. */
    List<PreviewLink> ofChange(ChangeRef change) {
        return byChange.getOrDefault(change, List.of());
    }

    /** The links of a job, and of all jobs in a folder, of this name. */
    List<PreviewLink> within(String fullName) {
        List<PreviewLink> found = new ArrayList<>(ofJob(fullName));
        // '0' comes right after '/'.
        byJob.subMap(fullName + "/", true, fullName + "0", false).values().forEach(found::addAll);
        return found;
    }

    /** The same with these in place of those of their keys. */
    LinkIndex with(Collection<PreviewLink> links) {
        Map<PreviewKey, PreviewLink> keys = new HashMap<>(byKey);
        NavigableMap<String, List<PreviewLink>> jobs = new TreeMap<>(byJob);
        Map<ChangeRef, List<PreviewLink>> changes = new HashMap<>(byChange);
        for (PreviewLink link : links) {
            PreviewLink before = keys.put(link.key(), link);
            if (before != null) {
                drop(jobs, before.job(), before);
                drop(changes, ChangeRef.of(before.key()), before);
            }
            add(jobs, link.job(), link);
            add(changes, ChangeRef.of(link.key()), link);
        }
        return new LinkIndex(keys, jobs, changes);
    }

    /** The same without this one. */
    LinkIndex without(PreviewKey key) {
        PreviewLink gone = byKey.get(key);
        if (gone == null) {
            return this;
        }
        Map<PreviewKey, PreviewLink> keys = new HashMap<>(byKey);
        NavigableMap<String, List<PreviewLink>> jobs = new TreeMap<>(byJob);
        Map<ChangeRef, List<PreviewLink>> changes = new HashMap<>(byChange);
        keys.remove(key);
        drop(jobs, gone.job(), gone);
        drop(changes, ChangeRef.of(key), gone);
        return new LinkIndex(keys, jobs, changes);
    }

    private static <K> void add(Map<K, List<PreviewLink>> map, K key, PreviewLink link) {
        List<PreviewLink> all = new ArrayList<>(map.getOrDefault(key, List.of()));
        int place = Collections.binarySearch(all, link, BY_ID);
        all.add(place < 0 ? -place - 1 : place, link);
        map.put(key, List.copyOf(all));
    }

    private static <K> void drop(Map<K, List<PreviewLink>> map, K key, PreviewLink link) {
        List<PreviewLink> all = new ArrayList<>(map.getOrDefault(key, List.of()));
        all.remove(link);
        if (all.isEmpty()) {
            map.remove(key);
        } else {
            map.put(key, List.copyOf(all));
        }
    }
}
