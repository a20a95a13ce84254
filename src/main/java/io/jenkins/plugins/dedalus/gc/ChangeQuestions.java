package io.jenkins.plugins.dedalus.gc;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.Terminator;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import io.jenkins.plugins.dedalus.scm.ChangeSources;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import jenkins.scm.api.SCMSource;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Whether change requests are closed: asked where they live, by one worker a server, for all that are in question at a time.
 * A scan that finds a thousand branches dead asks a few times, not a thousand.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class ChangeQuestions {
    private static final Logger LOGGER = Logger.getLogger(ChangeQuestions.class.getName());

    private final ServerWorkers<Question> workers = new ServerWorkers<>(
            ServerWorkers.Settings.DEFAULT,
            (server, questions) -> put(questions),
            new NamingThreadFactory(new DaemonThreadFactory(), "dedalus-scm"));

    /**
     * A preview whose change request may be closed.
     *
     * @param told whether an event said that its head was removed
     */
    record Question(PreviewLink link, boolean told) {
        private Question or(Question later) {
            return new Question(later.link(), told || later.told());
        }
    }

    /** The previews of one branch source. */
    private record OfSource(SCMSource source, List<Question> questions) {}

    static ChangeQuestions get() {
        return ExtensionList.lookupSingleton(ChangeQuestions.class);
    }

    /** Asks soon. Returns at once. Nobody is asked about a preview whose branch source is gone. */
    void ask(PreviewLink link, boolean told) {
        Optional<SCMSource> source = ChangeSources.source(link);
        if (source.isEmpty()) {
            return;
        }
        boolean taken = workers.ask(server(source.get()), link.key(), new Question(link, told), Question::or);
        if (!taken) {
            LOGGER.log(
                    Level.FINE,
                    () -> "Too much is asked: the next reconciliation asks about "
                            + link.key().describe() + ".");
        }
    }

    private static String server(SCMSource source) {
        return ChangeStates.of(source).map(states -> states.server(source)).orElseGet(() -> ChangeSources.host(source));
    }

    private static void put(List<Question> questions) throws InterruptedException {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            for (OfSource each : bySource(questions)) {
                put(each);
            }
        }
    }

    private static List<OfSource> bySource(List<Question> questions) {
        Map<SCMSource, List<Question>> all = new LinkedHashMap<>();
        for (Question question : questions) {
            ChangeSources.source(question.link())
                    .ifPresent(source -> all.computeIfAbsent(source, each -> new ArrayList<>())
                            .add(question));
        }
        return all.entrySet().stream()
                .map(each -> new OfSource(each.getKey(), each.getValue()))
                .toList();
    }

    private static void put(OfSource of) throws InterruptedException {
        List<Question> open = of.questions().stream()
                .filter(each -> Closings.inQuestion(each.link()))
                .toList();
        if (open.isEmpty()) {
            return;
        }
        try {
            Optional<ChangeStates> states = ChangeStates.of(of.source());
            Map<String, Boolean> closed = states.isPresent()
                    ? states.get()
                            .closed(
                                    of.source(),
                                    open.stream()
                                            .map(each -> each.link().key().changeId())
                                            .collect(Collectors.toSet()))
                    : SourceHeads.gone(
                            of.source(),
                            // A look at each head, or at all: only where something made it look closed.
                            open.stream()
                                    .filter(each ->
                                            Closings.doubtful(each.link().key()))
                                    .toList());
            open.forEach(each ->
                    Closings.answered(each.link(), closed.get(each.link().key().changeId())));
        } catch (IOException | RuntimeException e) {
            String about = open.get(0).link().key().describe();
            LOGGER.log(
                    Level.WARNING, e, () -> Messages.ChangeQuestions_notAsked(about, open.size() - 1, e.getMessage()));
        }
    }

    /** Waits until nothing is in question, for tests. */
    void awaitIdle(Duration most) throws InterruptedException {
        workers.awaitIdle(most);
    }

    /** Lets go of its threads. */
    @Terminator
    public static void stop() {
        ExtensionList.lookup(ChangeQuestions.class).forEach(questions -> questions.workers.close());
    }
}
