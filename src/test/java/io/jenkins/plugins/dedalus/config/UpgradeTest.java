package io.jenkins.plugins.dedalus.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.monitors.Monitors;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.jvnet.hudson.test.recipes.LocalData;

/**
 * A JENKINS_HOME as version 0.1.0 left it, with ledger files of format 1. It is never edited: a later format gets a home of
 * its own beside it.
 */
@WithJenkins
class UpgradeTest {
    private final PreviewKey global = PreviewKey.of("github.com/acme/shop", "7");
    private final PreviewKey team = PreviewKey.of("github.com/acme/shop", "8");

    @Test
    @LocalData
    void keepsRecordsAccountsAndSettingsOfVersion010(JenkinsRule r) throws Exception {
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        assertThat(settings.getApiUrl()).isEqualTo("http://127.0.0.1:7070");
        assertThat(settings.getCredentialsId()).isEqualTo("api");
        assertThat(settings.closedGrace()).isEqualTo(Duration.ofHours(12));
        assertThat(settings.getListener()).isNull();
        Folder folder = (Folder) r.jenkins.getItem("team");
        assertThat(PreviewDefaults.specFor(folder).build().memoryMib()).isEqualTo(4096);
        assertThat(Account.of(folder)).isEqualTo(new Account("team-key", "team"));

        PreviewEngines service = PreviewEngines.get();
        assertThat(service.problems()).isEmpty();
        assertThat(service.records()).extracting(PreviewRecord::key).containsExactly(global, team);
        assertThat(service.account(team, null)).isEqualTo(new Account("team-key", "team"));
        PreviewRecord record = service.record(global).orElseThrow();
        assertThat(record.state()).isEqualTo(PreviewState.READY);
        assertThat(record.machineId()).isEqualTo("dm-one");
        assertThat(record.commit()).isEqualTo("0123456789abcdef0123456789abcdef01234567");
        assertThat(service.publicUrl(record)).isEqualTo("https://" + global.id() + ".previews.example.net/");

        // Its credentials are gone: the records stay, and an administrator is told.
        assertThat(service.unavailable(folder)).isPresent();
        Monitors.Trouble trouble = hudson.ExtensionList.lookupSingleton(Monitors.Trouble.class);
        trouble.refresh().join();
        assertThat(trouble.getSentences()).singleElement().asString().contains("team", team.id());
        assertThat(service.reconcile().get().problems()).hasSize(2);
        assertThat(service.records()).hasSize(2);

        service.ledger(global)
                .put(record.toBuilder().problem("Written by this version.").build());
        assertThat(service.record(global).orElseThrow().problem()).isEqualTo("Written by this version.");
    }
}
