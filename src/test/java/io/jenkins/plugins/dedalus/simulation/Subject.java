package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the world outside knows of one preview: which builds were asked for, and which closings. */
final class Subject {
    final int number;
    final PreviewKey key;
    private final List<Build> builds = new ArrayList<>();
    private final Map<Long, Set<String>> commits = new HashMap<>();
    private final List<Closing> closings = new ArrayList<>();
    private final Map<Long, Duration> asked = new HashMap<>();
    private final Map<String, BuildLog> logs = new HashMap<>();
    private final Kept kept = new Kept();
    private long lastOrder;
    private int commitCount;

    private record Closing(Duration at, Duration due) {}

    Subject(int number) {
        this.number = number;
        this.key = PreviewKey.of("https://github.com/acme/shop.git", Integer.toString(number));
    }

    /** What keeps it though nobody looks. */
    Kept kept() {
        return kept;
    }

    long lastOrder() {
        return lastOrder;
    }

    long nextOrder() {
        return ++lastOrder;
    }

    String newCommit() {
        return String.format("%040x", (long) number * 1_000_000 + ++commitCount);
    }

    /** The latest build of an order; null if there is none. */
    Build build(long order) {
        for (int i = builds.size() - 1; i >= 0; i--) {
            if (builds.get(i).order() == order) {
                return builds.get(i);
            }
        }
        return null;
    }

    void asked(Build build, Duration now) {
        builds.add(build);
        commits.computeIfAbsent(build.order(), order -> new HashSet<>()).add(build.commit());
        asked.put(build.order(), now);
    }

    boolean wanted(long order, String commit) {
        return commits.getOrDefault(order, Set.of()).contains(commit);
    }

    BuildLog log(Build build, Verdict verdict) {
        return logs.computeIfAbsent(build.order() + " " + build.commit(), id -> new BuildLog(verdict, false));
    }

    Iterable<BuildLog> logs() {
        return logs.values();
    }

    void closing(Duration now, Duration grace) {
        closings.add(new Closing(now, now.plus(grace)));
    }

    /** A build of this order brought it back, or somebody said that it is open. */
    void opened(Duration asOf) {
        closings.removeIf(closing -> closing.at().compareTo(asOf) <= 0);
    }

    Duration askedAt(long order) {
        return asked.getOrDefault(order, Duration.ZERO);
    }

    /** Whether a closing that was asked for allows a deletion by now. */
    boolean mayBeDeleted(Duration now) {
        return closings.stream().anyMatch(closing -> closing.due().compareTo(now) <= 0);
    }

    @Override
    public String toString() {
        return "preview " + number;
    }
}
