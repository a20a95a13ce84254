package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.preview.model.Progress;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A build's log: each line of a script once, in order; after a crash a few may come again, but none may be missing. */
final class BuildLog implements ProgressListener {
    static final String RULE = "each output line once, in order";

    private static final Pattern LINE = Pattern.compile("line (\\S+) (\\d+);");

    private final Verdict verdict;
    /** Whether it listens from somewhere in the middle. */
    private final boolean joined;

    private final Map<String, Integer> last = new HashMap<>();
    private final Set<String> mayRepeat = new HashSet<>();
    private final Set<String> abandoned = new HashSet<>();

    public BuildLog(Verdict verdict, boolean joined) {
        this.verdict = verdict;
        this.joined = joined;
    }

    /** The process is gone, or the ledger can't be written: what came last need not be known to whoever goes on. */
    void brokenOff() {
        mayRepeat.addAll(last.keySet());
    }

    /** The build has failed: another try runs its scripts anew, and nobody hears the end of these. */
    void failed() {
        brokenOff();
        abandoned.addAll(last.keySet());
    }

    @Override
    public void onProgress(Progress progress) {
        if (progress.line() == null) {
            return;
        }
        Secrets.check(progress.line(), "a build's log", verdict);
        Matcher line = LINE.matcher(progress.line());
        if (progress.output() && line.matches()) {
            heard(line.group(1), Integer.parseInt(line.group(2)));
        }
    }

    private void heard(String script, int number) {
        int before = last.getOrDefault(script, joined ? number - 1 : 0);
        boolean next = number == before + 1;
        boolean again = number <= before && mayRepeat.contains(script);
        verdict.require(
                next || again, RULE, "line " + number + " of " + script + " was handed on after line " + before);
        mayRepeat.remove(script);
        abandoned.remove(script);
        last.put(script, number);
    }

    /** The build has succeeded: nothing may be missing at the end. */
    void complete(ScriptRules scripts) {
        if (!joined) {
            last.forEach((script, number) -> verdict.require(
                    scripts.printed(script) <= number || abandoned.contains(script),
                    RULE,
                    script + " printed " + scripts.printed(script) + " lines, the log has " + number));
        }
    }
}
