package io.jenkins.plugins.dedalus.github;

import hudson.Util;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dedalus.github.PreviewPolicy.When;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import jenkins.scm.api.SCMSource;
import jenkins.scm.api.trait.SCMSourceTrait;
import jenkins.scm.api.trait.SCMSourceTraitDescriptor;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.variant.OptionalExtension;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * {@code dedalusPreviews}: which of a GitHub source's pull requests get previews, what they show of them, and whether they take
 * commands. Without it all get one, show the usual and take commands.
 */
@Restricted(NoExternalUse.class)
public class PreviewsTrait extends SCMSourceTrait {
    /** A commit status for what needs a person: an approval, a failure and its repair. */
    static final String NEEDED = "needed";

    private static final String ALWAYS = "always";
    private static final String NEVER = "never";
    /** What GitHub takes, and a person can read. */
    private static final int LONGEST_ENVIRONMENT = 100;

    private boolean deployments = true;
    private boolean comment = true;
    private String statuses = NEEDED;
    private String environment = SurfaceSettings.DEFAULT.environment();
    private boolean logs = true;
    private boolean commands = true;
    private String when = word(PreviewPolicy.DEFAULT.when());
    private String label = PreviewPolicy.DEFAULT.label();
    private String skipLabel = PreviewPolicy.DEFAULT.skipLabel();
    private boolean drafts = PreviewPolicy.DEFAULT.drafts();

    /** Everything is optional. */
    @DataBoundConstructor
    public PreviewsTrait() {
        // Values come by setters.
    }

    /** Whether each commit gets a deployment. */
    public boolean isDeployments() {
        return deployments;
    }

    /** Sets whether each commit gets a deployment. */
    @DataBoundSetter
    public void setDeployments(boolean value) {
        deployments = value;
    }

    /** Whether each pull request gets the one comment. */
    public boolean isComment() {
        return comment;
    }

    /** Sets whether each pull request gets the one comment. */
    @DataBoundSetter
    public void setComment(boolean value) {
        comment = value;
    }

    /** Which commits get a status: needed, always or never. */
    public String getStatuses() {
        return statuses;
    }

    /** Sets which commits get a status: needed, always or never; throws {@link IllegalArgumentException} for others. */
    @DataBoundSetter
    public void setStatuses(String value) {
        String given = Util.fixEmptyAndTrim(value) == null ? NEEDED : value.trim();
        if (!Set.of(NEEDED, ALWAYS, NEVER).contains(given)) {
            throw new IllegalArgumentException("statuses is '" + given + "'; allowed are needed, always and never.");
        }
        statuses = given;
    }

    /** The deployments' environment. */
    public String getEnvironment() {
        return environment;
    }

    /** Sets the deployments' environment; empty for "Preview". */
    @DataBoundSetter
    public void setEnvironment(String value) {
        String given = Util.fixEmptyAndTrim(value);
        environment = given == null ? SurfaceSettings.DEFAULT.environment() : given;
    }

    /** Whether the comment has the last lines of a failed build's log. */
    public boolean isLogs() {
        return logs;
    }

    /** Sets whether the comment has the last lines of a failed build's log. */
    @DataBoundSetter
    public void setLogs(boolean value) {
        logs = value;
    }

    /** Whether people command previews by comments. */
    public boolean isCommands() {
        return commands;
    }

    /** Sets whether people command previews by comments. */
    @DataBoundSetter
    public void setCommands(boolean value) {
        commands = value;
    }

    /** On what previews depend: always, label or command. */
    public String getWhen() {
        return when;
    }

    /** Sets on what previews depend: always, label or command; throws {@link IllegalArgumentException} for others. */
    @DataBoundSetter
    public void setWhen(String value) {
        String given = Util.fixEmptyAndTrim(value);
        when = given == null ? word(PreviewPolicy.DEFAULT.when()) : word(whenOf(given));
    }

    /** The label that asks for a preview. */
    public String getLabel() {
        return label;
    }

    /** Sets the label that asks for a preview; empty for {@code preview}. */
    @DataBoundSetter
    public void setLabel(String value) {
        String given = Util.fixEmptyAndTrim(value);
        label = given == null ? PreviewPolicy.DEFAULT.label() : given;
    }

    /** The label that wants none; empty for no such label. */
    public String getSkipLabel() {
        return skipLabel;
    }

    /** Sets the label that wants none; empty for no such label. */
    @DataBoundSetter
    public void setSkipLabel(String value) {
        skipLabel = Util.fixNull(value).trim();
    }

    /** Whether drafts get previews. */
    public boolean isDrafts() {
        return drafts;
    }

    /** Sets whether drafts get previews. */
    @DataBoundSetter
    public void setDrafts(boolean value) {
        drafts = value;
    }

    private static String word(When value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static When whenOf(String word) {
        return Arrays.stream(When.values())
                .filter(each -> word(each).equals(word))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("when is '" + word + "'; allowed are always, label and command."));
    }

    /** Which of a source's pull requests get previews; empty without the trait: then all do, and nobody asks. */
    public static Optional<PreviewPolicy> wish(GitHubSCMSource source) {
        return source.getTraits().stream()
                .filter(PreviewsTrait.class::isInstance)
                .map(PreviewsTrait.class::cast)
                .map(trait -> new PreviewPolicy(whenOf(trait.when), trait.label, trait.skipLabel, trait.drafts))
                .findFirst();
    }

    /** Whether a source's pull requests take commands. */
    public static boolean takesCommands(GitHubSCMSource source) {
        return of(source).parts().contains(SurfacePart.ANSWER);
    }

    /** Whether a source's pull requests may show lines of logs. */
    public static boolean showsLogs(GitHubSCMSource source) {
        return of(source).logs();
    }

    /** What a source's pull requests show. */
    public static SurfaceSettings of(GitHubSCMSource source) {
        return source.getTraits().stream()
                .filter(PreviewsTrait.class::isInstance)
                .map(trait -> ((PreviewsTrait) trait).settings())
                .findFirst()
                .orElse(SurfaceSettings.DEFAULT);
    }

    private SurfaceSettings settings() {
        Set<SurfacePart> parts = EnumSet.noneOf(SurfacePart.class);
        if (deployments) {
            parts.add(SurfacePart.DEPLOYMENT);
        }
        if (comment) {
            parts.add(SurfacePart.COMMENT);
        }
        if (!NEVER.equals(statuses)) {
            parts.add(SurfacePart.STATUS);
        }
        if (commands) {
            parts.add(SurfacePart.ANSWER);
        }
        return new SurfaceSettings(environment, parts, ALWAYS.equals(statuses), logs);
    }

    /** Makes the trait known. */
    @Symbol("dedalusPreviews")
    @OptionalExtension(requirePlugins = "github-branch-source")
    public static final class DescriptorImpl extends SCMSourceTraitDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.PreviewsTrait_name();
        }

        @Override
        public Class<? extends SCMSource> getSourceClass() {
            return GitHubSCMSource.class;
        }

        /** Which commits get a status. */
        @POST
        public ListBoxModel doFillStatusesItems() {
            ListBoxModel model = new ListBoxModel();
            model.add(Messages.PreviewsTrait_needed(), NEEDED);
            model.add(Messages.PreviewsTrait_always(), ALWAYS);
            model.add(Messages.PreviewsTrait_never(), NEVER);
            return model;
        }

        /** On what previews depend. */
        @POST
        public ListBoxModel doFillWhenItems() {
            ListBoxModel model = new ListBoxModel();
            model.add(Messages.PreviewsTrait_whenAlways(), word(When.ALWAYS));
            model.add(Messages.PreviewsTrait_whenLabel(), word(When.LABEL));
            model.add(Messages.PreviewsTrait_whenCommand(), word(When.COMMAND));
            return model;
        }

        /** Whether it is a name that people can tell apart. */
        @POST
        public FormValidation doCheckEnvironment(@QueryParameter String value) {
            return value != null && value.length() > LONGEST_ENVIRONMENT
                    ? FormValidation.error(Messages.PreviewsTrait_environment(LONGEST_ENVIRONMENT))
                    : FormValidation.ok();
        }
    }
}
