package io.jenkins.plugins.dedalus.config;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.okhttp.api.JenkinsOkHttpClient;
import okhttp3.OkHttpClient;

/** Makes API clients that go out as Jenkins does: through its proxy configuration. */
final class JenkinsClients {
    private JenkinsClients() {}

    /** A builder with everything but the key. */
    static DedalusClient.Builder builder(String apiUrl) {
        return DedalusClient.builder()
                .baseUrl(apiUrl)
                .userAgent("dedalus-preview-jenkins")
                .httpClient(
                        JenkinsOkHttpClient.newClientBuilder(new OkHttpClient()).build());
    }
}
