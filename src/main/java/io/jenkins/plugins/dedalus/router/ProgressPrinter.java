package io.jenkins.plugins.dedalus.router;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Shows an operation's progress: on a terminal one line that lives at the bottom, with script output scrolling above it;
 * elsewhere one plain line per phase and per line of output.
 */
final class ProgressPrinter implements AutoCloseable {
    private static final String CLEAR = "\r\u001b[2K";
    private static final String[] FRAMES = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
    private static final int TICK_MILLIS = 120;
    private static final int WIDTH = 100;

    private final PrintWriter out;
    private final boolean live;
    private final ScheduledExecutorService ticker;
    private String phase = "";
    private String detail = "";
    private long startedNanos = System.nanoTime();
    private int frame;
    private boolean drawn;

    ProgressPrinter(PrintWriter out, boolean live) {
        this.out = out;
        this.live = live;
        this.ticker = live ? Executors.newSingleThreadScheduledExecutor(ProgressPrinter::daemon) : null;
        if (live) {
            ticker.scheduleAtFixedRate(this::draw, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Live if standard output is a terminal that can move its cursor. */
    static ProgressPrinter create(PrintWriter out) {
        String term = System.getenv("TERM");
        return new ProgressPrinter(out, System.console() != null && term != null && !"dumb".equals(term));
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "progress");
        thread.setDaemon(true);
        return thread;
    }

    /** Shows one {@code progress} event of the admin API. */
    synchronized void event(JsonNode event) {
        String next = event.path("phase").asText("");
        String line = event.path("line").asText("");
        boolean output = event.path("output").asBoolean(false);
        long elapsed = event.path("elapsedMs").asLong(0);
        startedNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(elapsed);
        if (live) {
            if (output) {
                print("  " + line);
            } else {
                if (!next.equals(phase) && !phase.isEmpty()) {
                    print("✓ " + phase);
                }
                detail = line;
            }
            phase = next;
            draw();
        } else {
            if (!next.equals(phase) || !output && !line.equals(detail)) {
                phase = next;
                detail = output ? "" : line;
                print(stamp(elapsed) + "  " + next + (detail.isEmpty() ? "" : ": " + detail));
            }
            if (output) {
                print("    " + line);
            }
        }
    }

    private void print(String line) {
        out.println((drawn ? CLEAR : "") + line);
        out.flush();
        drawn = false;
    }

    private synchronized void draw() {
        if (phase.isEmpty()) {
            return;
        }
        long elapsed = Duration.ofNanos(System.nanoTime() - startedNanos).toMillis();
        String text = phase + (detail.isEmpty() ? "" : ": " + detail);
        String cut = text.length() > WIDTH ? text.substring(0, WIDTH - 1) + "…" : text;
        out.print(CLEAR + FRAMES[frame++ % FRAMES.length] + " " + stamp(elapsed) + "  " + cut);
        out.flush();
        drawn = true;
    }

    private static String stamp(long millis) {
        return String.format(Locale.ROOT, "%6.1f s", millis / 1000.0);
    }

    /** Removes the live line; what was printed stays. */
    @Override
    public synchronized void close() {
        if (ticker != null) {
            ticker.shutdownNow();
        }
        if (drawn) {
            out.print(CLEAR);
            out.flush();
            drawn = false;
        }
    }
}
