package io.jenkins.plugins.dedalus.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.model.BuildBadgeAction;
import hudson.model.EnvironmentContributingAction;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.accounts.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.view.PreviewRow;
import io.jenkins.plugins.dedalus.view.ReadAccess;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import jenkins.model.RunAction2;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * A preview that a build brought up: one per preview and build. Gives what follows in the build {@code DEDALUS_PREVIEW_URL},
 * and with several ports {@code DEDALUS_PREVIEW_URL_<PORT>}. One with a name has {@code DEDALUS_PREVIEW_URL_<NAME>} and
 * {@code DEDALUS_PREVIEW_URL_<NAME>_<PORT>}; the variables without a name are then those of the build's preview without one,
 * or, where all have names, of the first. Holds addresses for people only, never Dedalus' own behind
 * protected access.
 */
@ExportedBean(defaultVisibility = 2)
@Restricted(NoExternalUse.class)
public class PreviewAction implements RunAction2, EnvironmentContributingAction, BuildBadgeAction {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final String VARIABLE = "DEDALUS_PREVIEW_URL";

    private final String repository;
    private final String changeId;
    private final String name;
    private final String label;
    private String commit;
    private Map<String, String> urls;
    /** The name in the build's variables; null for none. */
    private String given;

    private transient Run<?, ?> run;

    /**
     * Takes what the build got.
     *
     * @param label the host label
     * @param commit the commit shown; may be null
     * @param urls port name to address, the main port first
     */
    public PreviewAction(PreviewKey key, String label, String commit, Map<String, String> urls) {
        this.repository = key.repository();
        this.changeId = key.changeId();
        this.name = key.name();
        this.label = label;
        this.commit = commit;
        this.urls = new LinkedHashMap<>(urls);
    }

    /**
     * The action for a preview on a build that begins to bring it up; made if there is none yet. Has no address until
     * {@link #deployed}.
     *
     * @param given the name that the build's variables have; null for none
     */
    public static PreviewAction attach(Run<?, ?> run, PreviewKey key, String commit, String given) {
        Optional<PreviewAction> known =
                of(run).stream().filter(action -> action.getKey().equals(key)).findFirst();
        PreviewAction action = known.orElseGet(() -> new PreviewAction(key, key.id(), commit, Map.of()));
        action.given = given;
        if (known.isEmpty()) {
            run.addAction(action);
        }
        return action;
    }

    /** Notes what the build got. The caller saves the build. */
    public synchronized void deployed(String shown, Map<String, String> addresses) {
        commit = shown;
        urls = new LinkedHashMap<>(addresses);
    }

    /** All previews that a build brought up. */
    public static List<PreviewAction> of(Run<?, ?> run) {
        return run.getActions(PreviewAction.class);
    }

    /** The preview's id. */
    @Exported
    public String getPreviewId() {
        return getKey().id();
    }

    /** The preview. */
    public PreviewKey getKey() {
        return new PreviewKey(repository, changeId, name);
    }

    /** The host label. */
    public String getLabel() {
        return label;
    }

    /** The commit that the build showed; null if it had none. */
    @Exported
    public synchronized String getCommit() {
        return commit;
    }

    /** The main port's address as it was then; null while there is none. */
    @Exported
    public synchronized String getUrl() {
        return urls.values().stream().findFirst().orElse(null);
    }

    /** Port name to address, the main port first. */
    @Exported
    public synchronized Map<String, String> getUrls() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(urls));
    }

    /** Where the preview's link is, below Jenkins' root. */
    @Exported
    public String getOpenUrl() {
        return "dedalus/open/" + getKey().id() + "/";
    }

    /** The preview's state now; null if it is gone or the user may not see it. */
    public PreviewRow getRow() {
        try {
            return PreviewEngines.get()
                    .record(getKey())
                    .filter(ReadAccess::maySee)
                    .map(record -> PreviewRow.of(record, PATIENCE))
                    .orElse(null);
        } catch (PreviewsUnavailableException e) {
            return null;
        }
    }

    /** The build. */
    public Run<?, ?> getRun() {
        return run;
    }

    @Override
    public void onAttached(Run<?, ?> r) {
        run = r;
    }

    @Override
    public void onLoad(Run<?, ?> r) {
        run = r;
    }

    @Override
    public void buildEnvironment(@NonNull Run<?, ?> build, @NonNull EnvVars env) {
        String own = given == null ? null : VARIABLE + "_" + variable(given);
        if (isUnqualified(build)) {
            put(env, VARIABLE);
        }
        if (own != null) {
            put(env, own);
        }
    }

    private void put(EnvVars env, String prefix) {
        getUrls().forEach((port, url) -> env.put(prefix + "_" + variable(port), url));
        Optional.ofNullable(getUrl()).ifPresent(url -> env.put(prefix, url));
    }

    private static String variable(String name) {
        return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** Whether the variables without a name are this one's: of those without a name the last one's, else the first one's. */
    private boolean isUnqualified(Run<?, ?> build) {
        List<PreviewAction> there =
                of(build).stream().filter(action -> action.getUrl() != null).toList();
        return there.stream()
                .filter(action -> action.given == null)
                .reduce((before, last) -> last)
                .or(() -> there.stream().findFirst())
                .filter(action -> action == this)
                .isPresent();
    }

    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return null;
    }

    @Override
    public String getUrlName() {
        return null;
    }
}
