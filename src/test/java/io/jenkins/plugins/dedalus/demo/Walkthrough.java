package io.jenkins.plugins.dedalus.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dedalus.demo.Viewer.Answer;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/** The story that the demo tells, and what has to be true at each point of it. */
final class Walkthrough {
    private static final int VISITORS = 1_000;
    private static final String ENTRY = "Written through the proxy, before the machine fell asleep.";

    private final Stage stage;
    private final Claims claims;
    private final PrintWriter out;

    Walkthrough(Stage stage, Claims claims, PrintWriter out) {
        this.stage = stage;
        this.claims = claims;
        this.out = out;
    }

    void provision() {
        stage.pullRequests().forEach(pull -> say("%s  %s (%s)", pull.name(), pull.title(), pull.branch()));
        say("");
        List<Duration> took = stage.up();
        claims.check(
                "two pull requests have a preview each",
                took.size() == 2,
                "pr-1 in " + seconds(took.get(0)) + ", pr-2 in " + seconds(took.get(1)));
    }

    /** Says where to look, for a person. */
    void invite() {
        say("");
        stage.pullRequests().forEach(pull -> say("  http://%s:%d/   %s", pull.host(), stage.port(), pull.title()));
        say("");
        say(
                "Sign the guestbook, leave it alone for %d s, and look again.",
                stage.autosleep().toSeconds());
        say("Ctrl-C takes everything down.");
    }

    void everyClaim() throws IOException {
        provision();
        PullRequest first = stage.pullRequests().get(0);
        PullRequest second = stage.pullRequests().get(1);
        try (Viewer viewer = new Viewer(stage.port())) {
            eachServesItsOwnCommit(viewer, first, second);
            State before = write(viewer, first);
            bothFallAsleep(first, second);
            wakeWithACrowd(viewer, first);
            nothingIsLost(viewer, first, before);
            wakeWithOneVisitor(viewer, second);
            heals(viewer, first, "memory_lost", "a wake that lost all memory: the next request finds it whole");
            heals(viewer, first, "root_reset", "one that lost all but the home directory, too");
        }
        takeDown();
    }

    private void eachServesItsOwnCommit(Viewer viewer, PullRequest first, PullRequest second) {
        String one = viewer.get(first.host(), "/version").body().strip();
        String two = viewer.get(second.host(), "/version").body().strip();
        claims.check(
                "each preview serves its own commit",
                one.equals(first.commit()) && two.equals(second.commit()) && !one.equals(two),
                shorten(one) + " and " + shorten(two));
    }

    private State write(Viewer viewer, PullRequest pull) {
        Answer written = viewer.post(pull.host(), "/entries", "author=Ada&message=" + ENTRY.replace(" ", "+"));
        boolean listed = viewer.get(pull.host(), "/").body().contains(ENTRY);
        State state = State.read(viewer, pull);
        claims.check(
                "an entry is written through the proxy",
                written.status() == 303 && listed,
                "HTTP " + written.status() + (listed ? ", then listed" : ", not listed") + "; " + state.database());
        return state;
    }

    private void bothFallAsleep(PullRequest first, PullRequest second) {
        say("Nobody looks for %d s …", stage.autosleep().toSeconds());
        long started = System.nanoTime();
        boolean asleep = stage.emulator().awaitAsleep(2, stage.autosleep().plusMinutes(2));
        claims.check(
                "without visitors both fall asleep",
                asleep,
                asleep
                        ? "after " + seconds(since(started))
                        : first.name() + " and " + second.name() + " not both asleep after " + seconds(since(started)));
    }

    private void wakeWithACrowd(Viewer viewer, PullRequest pull) throws IOException {
        int wakes = stage.emulator().wakeCalls();
        say("%,d visitors come at once …", VISITORS);
        List<Answer> answers = viewer.getAtOnce(pull.host(), "/", VISITORS);
        long succeeded =
                answers.stream().filter(answer -> answer.status() == 200).count();
        claims.check(
                "%,d concurrent cold requests all succeed".formatted(VISITORS),
                succeeded == VISITORS,
                "%,d × 200%s".formatted(succeeded, firstFailure(answers)));
        int called = stage.emulator().wakeCalls() - wakes;
        claims.check("… on one wake call", called == 1, called + " × POST …/wake");
        long soonest = millis(answers, stream -> stream.min().orElse(0));
        long latest = millis(answers, stream -> stream.max().orElse(0));
        claims.figure("crowd_first_byte_ms", soonest);
        claims.figure("crowd_last_first_byte_ms", latest);
        claims.check(
                "… wake to first byte",
                soonest > 0,
                seconds(Duration.ofMillis(soonest)) + " for the first, " + seconds(Duration.ofMillis(latest))
                        + " for the last");
    }

    private void nothingIsLost(Viewer viewer, PullRequest pull, State before) {
        State after = State.read(viewer, pull);
        claims.check(
                "the entry is still in the database",
                after.entries() == before.entries()
                        && viewer.get(pull.host(), "/").body().contains(ENTRY),
                after.entries() + " entries, as before");
        claims.check(
                "the log goes on where it stood",
                after.log().startsWith(before.log()),
                before.log().lines().count() + " lines intact");
        claims.check(
                "the counter in memory too, in the same process",
                after.visits() == before.visits() + VISITORS && after.started().equals(before.started()),
                "%,d visits, then %,d".formatted(before.visits(), after.visits()));
        if (stage.hasPostgres()) {
            claims.check(
                    "the database's open session and its log as well",
                    after.session().equals(before.session())
                            && !after.session().isEmpty()
                            && after.wal() >= before.wal(),
                    after.session() + ", WAL at " + after.wal());
        }
    }

    /** The platform loses something at a wake; whoever comes next must not notice but by the time it takes. */
    private void heals(Viewer viewer, PullRequest pull, String fault, String claim) throws IOException {
        String entry = "Right before " + fault;
        viewer.post(pull.host(), "/entries", "author=Ada&message=" + entry.replace(" ", "+"));
        State before = State.read(viewer, pull);
        stage.sleepAndLose(pull, fault);
        Answer answer = viewer.get(pull.host(), "/");
        State after = State.read(viewer, pull);
        claims.figure(fault + "_first_byte_ms", answer.firstByte().toMillis());
        claims.check(
                claim,
                answer.status() == 200
                        && answer.body().contains(entry)
                        && after.entries() == before.entries()
                        && after.log().startsWith(before.log())
                        && after.database().equals(before.database())
                        && !after.started().equals(before.started()),
                "HTTP %d after %s, %d entries as before, another process"
                        .formatted(answer.status(), seconds(answer.firstByte()), after.entries()));
    }

    private void wakeWithOneVisitor(Viewer viewer, PullRequest pull) {
        Answer answer = viewer.get(pull.host(), "/");
        claims.figure("one_visitor_first_byte_ms", answer.firstByte().toMillis());
        claims.check(
                "one visitor wakes the other preview",
                answer.status() == 200,
                "HTTP " + answer.status() + ", first byte after " + seconds(answer.firstByte()));
    }

    private void takeDown() throws IOException {
        int running = stage.leftovers().size();
        stage.down();
        List<String> ledger = stage.ledger();
        claims.check(
                "the pull requests close: the ledger is empty",
                ledger.isEmpty(),
                ledger.isEmpty() ? "0 records" : ledger.toString());
        List<String> left = stage.emulator().machinesLeft();
        claims.check("no machine is left", left.isEmpty(), left.isEmpty() ? "0 machines" : left.toString());
        List<String> clean = stage.stop();
        List<String> leftovers = stage.leftovers();
        claims.check(
                "no process is left",
                clean.isEmpty() && leftovers.isEmpty() && running > 0,
                leftovers.isEmpty()
                        ? "there were " + running + "; " + (clean.isEmpty() ? "none now" : clean)
                        : leftovers.toString());
    }

    private static String firstFailure(List<Answer> answers) {
        return answers.stream()
                .filter(answer -> answer.status() != 200)
                .findFirst()
                .map(answer -> "; one of the others: " + answer.status() + " "
                        + answer.body().lines().findFirst().orElse(""))
                .orElse("");
    }

    private static long millis(List<Answer> answers, ToLongFunction<LongStream> pick) {
        return pick.applyAsLong(
                answers.stream().mapToLong(answer -> answer.firstByte().toMillis()));
    }

    private void say(String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
        out.flush();
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    private static String seconds(Duration duration) {
        return String.format(
                Locale.ROOT, duration.toSeconds() < 10 ? "%.2f s" : "%.1f s", duration.toMillis() / 1000.0);
    }

    private static String shorten(String commit) {
        return commit.substring(0, Math.min(7, commit.length()));
    }

    /** What the guestbook keeps, and where: database, log and memory. */
    private record State(
            long entries, String log, long visits, String started, String database, String session, long wal) {
        static State read(Viewer viewer, PullRequest pull) {
            try {
                JsonNode stats = new ObjectMapper()
                        .readTree(viewer.get(pull.host(), "/stats").body());
                return new State(
                        stats.path("entries").asLong(),
                        viewer.get(pull.host(), "/log").body(),
                        stats.path("visits").asLong(),
                        stats.path("started").asText(),
                        stats.path("database").asText(),
                        stats.path("session").asText(),
                        stats.path("wal").asLong());
            } catch (JsonProcessingException e) {
                throw new Deviation("The guestbook's /stats is not JSON: " + e.getOriginalMessage());
            }
        }
    }
}
