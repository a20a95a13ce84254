package io.jenkins.plugins.dedalus.config;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.okhttp.api.JenkinsOkHttpClient;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;

/** Makes API clients that go out as Jenkins does: through its proxy configuration. */
public final class JenkinsClients {
    private JenkinsClients() {}

    /** A builder with everything but the key; each call passes through the interceptors first. */
    public static DedalusClient.Builder builder(String apiUrl, Interceptor... interceptors) {
        OkHttpClient.Builder http = JenkinsOkHttpClient.newClientBuilder(new OkHttpClient());
        for (Interceptor interceptor : interceptors) {
            http.addInterceptor(interceptor);
        }
        return DedalusClient.builder()
                .baseUrl(apiUrl)
                .userAgent("dedalus-preview-jenkins")
                .httpClient(http.build());
    }
}
