package io.jenkins.plugins.dedalus.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import jenkins.branch.BranchSource;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.structs.SymbolLookup;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The trait in the form, by its symbol, and what it means. */
@WithJenkins
class PreviewsTraitTest {
    @Test
    void itIsKeptByTheFormAndFoundByItsSymbol(JenkinsRule r) throws Exception {
        GitHubSCMSource source = new GitHubSCMSource("acme", "shop", null, false);
        assertThat(PreviewsTrait.of(source)).isEqualTo(SurfaceSettings.DEFAULT);
        source.setTraits(List.of(new PreviewsTrait()));
        assertThat(PreviewsTrait.of(source)).isEqualTo(SurfaceSettings.DEFAULT);

        PreviewsTrait trait = (PreviewsTrait) new DescribableModel<>(PreviewsTrait.class)
                .instantiate(Map.of(
                        "deployments", false, "statuses", "always", "environment", "Review apps", "logs", false));
        source.setTraits(List.of(trait));
        WorkflowMultiBranchProject project = r.jenkins.createProject(WorkflowMultiBranchProject.class, "shop");
        project.getSourcesList().add(new BranchSource(source));
        r.configRoundtrip(project);
        GitHubSCMSource kept = (GitHubSCMSource) project.getSCMSources().get(0);
        assertThat(kept).isNotSameAs(source);
        assertThat(PreviewsTrait.of(kept))
                .isEqualTo(new SurfaceSettings(
                        "Review apps",
                        Set.of(SurfacePart.COMMENT, SurfacePart.STATUS, SurfacePart.ANSWER),
                        true,
                        false));

        assertThat(SymbolLookup.get().findDescriptor(jenkins.scm.api.trait.SCMSourceTrait.class, "dedalusPreviews"))
                .isInstanceOf(PreviewsTrait.DescriptorImpl.class);
        assertThatThrownBy(() -> trait.setStatuses("sometimes")).hasMessageContaining("needed, always and never");
        trait.setStatuses("never");
        trait.setComment(false);
        assertThat(PreviewsTrait.takesCommands(source)).isTrue();
        trait.setCommands(false);
        source.setTraits(List.of(trait));
        assertThat(PreviewsTrait.of(source).parts()).isEmpty();
        assertThat(PreviewsTrait.takesCommands(source)).isFalse();
    }

    @Test
    void whichPullRequestsGetPreviewsIsKeptByTheFormToo(JenkinsRule r) throws Exception {
        GitHubSCMSource source = new GitHubSCMSource("acme", "shop", null, false);
        assertThat(PreviewsTrait.wish(source))
                .as("without the trait nobody asks GitHub")
                .isEmpty();
        source.setTraits(List.of(new PreviewsTrait()));
        assertThat(PreviewsTrait.wish(source)).contains(PreviewPolicy.DEFAULT);

        PreviewsTrait trait = (PreviewsTrait) new DescribableModel<>(PreviewsTrait.class)
                .instantiate(Map.of(
                        "when", "label", "label", "show me", "skipLabel", "", "drafts", false, "commands", false));
        source.setTraits(List.of(trait));
        WorkflowMultiBranchProject project = r.jenkins.createProject(WorkflowMultiBranchProject.class, "shop");
        project.getSourcesList().add(new BranchSource(source));
        r.configRoundtrip(project);
        GitHubSCMSource kept = (GitHubSCMSource) project.getSCMSources().get(0);
        assertThat(PreviewsTrait.wish(kept))
                .contains(new PreviewPolicy(PreviewPolicy.When.LABEL, "show me", "", false));
        assertThat(PreviewsTrait.takesCommands(kept)).isFalse();
        assertThatThrownBy(() -> trait.setWhen("sometimes")).hasMessageContaining("always, label and command");
    }
}
