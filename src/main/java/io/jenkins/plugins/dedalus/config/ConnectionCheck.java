package io.jenkins.plugins.dedalus.config;

import hudson.util.FormValidation;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** The form's "Test connection": reads the account's machines, asks whether the API offers previews, and changes nothing. */
final class ConnectionCheck {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private ConnectionCheck() {}

    /** Tests the values as they stand in the form, saved or not. */
    static FormValidation run(String apiUrl, String credentialsId, String organizationId) {
        try {
            String url = SettingChecks.apiUrl(apiUrl);
            String organization = SettingChecks.organizationId(organizationId);
            String id = SettingChecks.credentialsId("credentialsId", credentialsId);
            if (id == null) {
                return FormValidation.error(Messages.ConnectionCheck_noCredentials());
            }
            Optional<StringCredentials> credentials = ApiCredentials.find(id, null);
            if (credentials.isEmpty()) {
                return FormValidation.error(Messages.ApiCredentials_missing(id));
            }
            return ask(url, credentials.get().getSecret().getPlainText(), organization);
        } catch (InvalidSettingException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    private static FormValidation ask(String url, String key, String organization) {
        try (DedalusClient client = JenkinsClients.builder(url)
                .apiKey(key)
                .organizationId(organization)
                .maxRetries(0)
                .build()) {
            List<Machine> machines =
                    client.machines().listAll(RequestOptions.none().withDeadline(PATIENCE));
            client.previews().requireOffered(RequestOptions.none().withDeadline(PATIENCE));
            return FormValidation.ok(
                    machines.isEmpty()
                            ? Messages.ConnectionCheck_noMachines(url)
                            : Messages.ConnectionCheck_machines(url, machines.size(), phases(machines)));
        } catch (DedalusException | IllegalArgumentException e) {
            // The client's messages are sentences and hold no key.
            return FormValidation.error(Messages.ConnectionCheck_failed(e.getMessage()));
        }
    }

    private static String phases(List<Machine> machines) {
        Map<String, Long> counts = machines.stream()
                .collect(Collectors.groupingBy(m -> m.phase().value(), TreeMap::new, Collectors.counting()));
        return counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }
}
