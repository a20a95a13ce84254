package io.jenkins.plugins.dedalus.emulator.core;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One execution and the events it made. Guarded by its own monitor. */
public final class Execution {
    private static final int KEPT_CHARACTERS = 1024 * 1024;
    private static final int EVENT_CHARACTERS = 64 * 1024 * 1024;

    /** One event. Fields that don't apply are null. */
    public record Event(
            long sequence,
            String type,
            Instant at,
            String chunk,
            String status,
            Integer exitCode,
            Integer signal,
            String errorCode,
            String errorMessage) {}

    /** How an execution ended. */
    public record End(String status, Integer exitCode, Integer signal, String errorCode, String errorMessage) {}

    /** What the API shows of an execution at one moment. */
    public record View(
            String id,
            String machineId,
            List<String> command,
            String cwd,
            List<String> envKeys,
            String status,
            Instant createdAt,
            Instant startedAt,
            Instant completedAt,
            Integer exitCode,
            Integer signal,
            String errorCode,
            String errorMessage,
            Long retryAfterMillis,
            long stdoutBytes,
            long stderrBytes,
            boolean stdoutTruncated,
            boolean stderrTruncated,
            long lostBytes) {}

    /** One stream's beginning, and how long it was. */
    static final class Stream {
        final StringBuilder text = new StringBuilder();
        long bytes;
        boolean truncated;

        void add(String chunk, int length) {
            bytes += length;
            int room = KEPT_CHARACTERS - text.length();
            text.append(chunk, 0, Math.min(room, chunk.length()));
            truncated |= chunk.length() > room;
        }
    }

    final String id;
    final String machineId;
    final List<String> command;
    final String cwd;
    final List<String> envKeys;
    final Instant createdAt;
    final Stream stdout = new Stream();
    final Stream stderr = new Stream();
    private final List<Event> events = new ArrayList<>();
    private String status;
    private Instant startedAt;
    private Instant completedAt;
    private End end;
    private long eventCharacters;
    private long toLose;
    private long lostBytes;

    /** What to do to end it early; null while there is nothing to end. */
    private Runnable stopper;

    private End wanted;

    Execution(String id, String machineId, List<String> command, String cwd, List<String> envKeys, Instant createdAt) {
        this.id = id;
        this.machineId = machineId;
        this.command = List.copyOf(command);
        this.cwd = cwd;
        this.envKeys = List.copyOf(envKeys);
        this.createdAt = createdAt;
    }

    /** Enters a status that isn't an end. */
    public synchronized void enter(String next, Instant now) {
        if (completedAt != null) {
            return;
        }
        status = next;
        if (next.equals("running")) {
            startedAt = now;
        }
        add(new Event(events.size() + 1L, "lifecycle", now, null, next, null, null, null, null));
    }

    /** The first so many bytes from now on are lost. */
    synchronized void loseOutput(long bytes) {
        toLose = bytes;
    }

    /** A piece of output; {@code bytes} as it was written. */
    public synchronized void output(boolean error, String chunk, int bytes, Instant now) {
        if (completedAt != null) {
            return;
        }
        if (lostBytes < toLose && !chunk.isEmpty()) {
            int lost = (int) Math.min(toLose - lostBytes, Math.min(bytes, chunk.length()));
            lostBytes += lost;
            output(error, chunk.substring(lost), bytes - lost, now);
            return;
        }
        (error ? stderr : stdout).add(chunk, bytes);
        eventCharacters += chunk.length();
        if (!chunk.isEmpty() && eventCharacters <= EVENT_CHARACTERS) {
            String type = error ? "stderr" : "stdout";
            add(new Event(events.size() + 1L, type, now, chunk, null, null, null, null, null));
        }
    }

    /** Ends it, unless it has ended; what was asked for by {@link #stop} wins. */
    public synchronized boolean finish(End how, Instant now) {
        if (completedAt != null) {
            return false;
        }
        end = wanted == null ? how : wanted;
        completedAt = now;
        status = end.status();
        add(new Event(
                events.size() + 1L,
                "lifecycle",
                now,
                null,
                status,
                end.exitCode(),
                end.signal(),
                end.errorCode(),
                end.errorMessage()));
        return true;
    }

    /** Asks that it end, and how that is to be called. False if it has ended, or is ending, already. */
    synchronized boolean stop(End how) {
        if (completedAt != null || wanted != null) {
            return false;
        }
        wanted = how;
        if (stopper != null) {
            stopper.run();
        }
        return true;
    }

    /** Ends it at once where it was asked to end and nothing runs. */
    synchronized void finishIfIdle(Instant now) {
        if (wanted != null && stopper == null) {
            finish(wanted, now);
        }
    }

    /** Whether it was asked to end. */
    public synchronized boolean stopping() {
        return wanted != null;
    }

    /** What ends the process; run at once if that was asked for already. */
    public synchronized void onStop(Runnable how) {
        stopper = how;
        if (wanted != null) {
            how.run();
        }
    }

    private void add(Event event) {
        events.add(event);
    }

    /** Whether it has ended. */
    public synchronized boolean finished() {
        return completedAt != null;
    }

    /** Events after a sequence number, at most so many. */
    public synchronized List<Event> events(long after, int limit) {
        int from = (int) Math.min(Math.max(after, 0), events.size());
        return List.copyOf(events.subList(from, Math.min(events.size(), from + limit)));
    }

    /** The number of the last event. */
    public synchronized long lastSequence() {
        return events.size();
    }

    /** What was written, from the beginning, up to a limit. */
    public synchronized String text(boolean error) {
        return (error ? stderr : stdout).text.toString();
    }

    /** What the API shows now. */
    public synchronized View view() {
        boolean waiting = status.equals("wake_in_progress");
        return new View(
                id,
                machineId,
                command,
                cwd,
                envKeys,
                status,
                createdAt,
                startedAt,
                completedAt,
                end == null ? null : end.exitCode(),
                end == null ? null : end.signal(),
                end == null ? null : end.errorCode(),
                end == null ? null : end.errorMessage(),
                waiting ? 500L : null,
                stdout.bytes,
                stderr.bytes,
                stdout.truncated,
                stderr.truncated,
                lostBytes);
    }

    /** Puts back what was kept of an ended execution. */
    synchronized void restore(View kept, List<Event> keptEvents) {
        status = kept.status();
        startedAt = kept.startedAt();
        completedAt = kept.completedAt();
        end = completedAt == null
                ? null
                : new End(kept.status(), kept.exitCode(), kept.signal(), kept.errorCode(), kept.errorMessage());
        events.addAll(keptEvents);
        for (Event event : keptEvents) {
            if (event.chunk() != null) {
                (event.type().equals("stderr") ? stderr : stdout).add(event.chunk(), 0);
            }
        }
        stdout.bytes = kept.stdoutBytes();
        stderr.bytes = kept.stderrBytes();
        lostBytes = kept.lostBytes();
    }
}
