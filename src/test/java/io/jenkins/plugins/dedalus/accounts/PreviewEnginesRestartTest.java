package io.jenkins.plugins.dedalus.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.cloudbees.hudson.plugins.folder.Folder;
import io.jenkins.plugins.dedalus.config.Account;
import io.jenkins.plugins.dedalus.config.DedalusFolderProperty;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.Keys;
import io.jenkins.plugins.dedalus.config.ListenerConfiguration;
import io.jenkins.plugins.dedalus.config.Records;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.listener.ViewerListener;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class PreviewEnginesRestartTest {
    @RegisterExtension
    private final JenkinsSessionExtension session = new JenkinsSessionExtension();

    private final PreviewKey global = PreviewKey.of("github.com/acme/shop", "7");
    private final PreviewKey team = PreviewKey.of("github.com/acme/shop", "8");

    @Test
    void recordsAccountsAndTheListenerOutliveJenkins() throws Throwable {
        AtomicLong version = new AtomicLong();
        try (Emulator emulator = Emulator.start(EmulatorConfig.defaults())) {
            session.then(r -> {
                Keys.global("api", emulator.apiKey());
                DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
                PreviewEngines service = PreviewEngines.get();
                assertThat(service.unavailable(null))
                        .hasValueSatisfying(s -> assertThat(s).contains("missing"));
                assertThatThrownBy(() -> service.lifecycle(global)).isInstanceOf(PreviewsUnavailableException.class);
                settings.setApiUrl(emulator.baseUrl().toString());
                settings.setCredentialsId("api");
                settings.setPublicUrl("http://{preview}.previews.localhost");
                ListenerConfiguration listener = new ListenerConfiguration();
                listener.setPort(0);
                settings.setListener(listener);
                settings.save();
                assertThat(service.available()).isTrue();

                Folder folder = r.jenkins.createProject(Folder.class, "team");
                Keys.folder(folder, "team-key", emulator.apiKey());
                DedalusFolderProperty property = new DedalusFolderProperty();
                property.setCredentialsId("team-key");
                folder.addProperty(property);

                service.lifecycle(global);
                Records.put(service.ledger(global), global, "dm-one", "http://127.0.0.1:1/");
                service.lifecycle(team, folder);
                Records.put(service.accounts().get(1).ledger(), team, "dm-two", "http://127.0.0.1:1/");
                assertThat(service.records()).hasSize(2);
                version.set(service.version());
                Path directory = r.jenkins.getRootDir().toPath().resolve("dedalus/ledger");
                assertThatThrownBy(() -> PreviewLedger.open(directory))
                        .isInstanceOf(LedgerException.class)
                        .hasMessageContaining("owned by");
            });
            session.then(r -> {
                PreviewEngines service = PreviewEngines.get();
                assertThat(service.records()).extracting(record -> record.key()).containsExactly(global, team);
                assertThat(service.version()).isGreaterThan(version.get());
                assertThat(service.account(team, null)).isEqualTo(new Account("team-key", "team"));
                assertThat(service.account(global, null)).isEqualTo(Account.GLOBAL);
                await().until(() -> ViewerListener.get().listener().port().isPresent());

                // Dedalus knows neither machine, and neither account's own key has ever seen one of its ledger's.
                assertThat(service.reconcile().get().problems())
                        .filteredOn(problem -> problem.contains("Whether the API key belongs to the account"))
                        .hasSize(2);
                assertThat(service.records())
                        .allSatisfy(record -> assertThat(record.machineId()).isNotNull());
            });
        }
    }
}
