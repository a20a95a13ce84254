package io.jenkins.plugins.dedalus.steps;

import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code dedalusPreview} returns. */
final class PreviewResult {
    private PreviewResult() {}

    static Map<String, Object> of(PreviewRecord record, boolean reused) {
        Map<String, String> urls = urls(record);
        String url = urls.values().stream().findFirst().orElse(null);
        ExposedPort main = record.mainPort();
        return map(
                record.machineId(),
                main == null ? null : main.previewId(),
                url,
                urls,
                url == null ? null : URI.create(url).getHost(),
                record.commit(),
                reused);
    }

    /** The same keys, so that a Jenkinsfile may read them, and why there's nothing in them. */
    static Map<String, Object> failed(String sentence) {
        Map<String, Object> result = map(null, null, null, Map.of(), null, null, false);
        result.put("problem", sentence);
        return result;
    }

    /** Port name to the address for people, without a slash at its end, the main port first. */
    static Map<String, String> urls(PreviewRecord record) {
        Map<String, String> urls = new LinkedHashMap<>();
        record.ports().forEach((name, port) -> {
            String url = PreviewEngines.get().publicUrl(port);
            if (url != null) {
                urls.put(name, url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
            }
        });
        return urls;
    }

    private static Map<String, Object> map(
            String machineId,
            String previewId,
            String url,
            Map<String, String> urls,
            String host,
            String commit,
            boolean reused) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("machineId", machineId);
        result.put("previewId", previewId);
        result.put("url", url);
        result.put("urls", new LinkedHashMap<>(urls));
        result.put("host", host);
        result.put("commit", commit);
        result.put("reused", reused);
        return result;
    }
}
