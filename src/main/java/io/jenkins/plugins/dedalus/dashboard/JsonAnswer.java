package io.jenkins.plugins.dedalus.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.Util;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/** JSON with an ETag of its content: whoever asks again with {@code If-None-Match} gets 304 while nothing changed. */
final class JsonAnswer implements HttpResponse {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int status;
    private final byte[] body;
    private final String tag;

    private JsonAnswer(int status, JsonNode content, String tag) {
        this.status = status;
        this.body = write(content);
        this.tag = tag;
    }

    /** An answer whose tag is the digest of the content, or of what stands for it. */
    static JsonAnswer tagged(JsonNode content, JsonNode digested) {
        return new JsonAnswer(200, content, '"' + Util.getDigestOf(new String(write(digested), StandardCharsets.UTF_8)) + '"');
    }

    /** An answer that is never kept. */
    static JsonAnswer of(int status, JsonNode content) {
        return new JsonAnswer(status, content, null);
    }

    /** A refusal: {@code {"message": …}}. */
    static JsonAnswer problem(int status, String sentence) {
        return of(status, JSON.createObjectNode().put("message", sentence));
    }

    static ObjectMapper mapper() {
        return JSON;
    }

    private static byte[] write(JsonNode content) {
        try {
            return JSON.writeValueAsBytes(content);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON nodes can always be written.", e);
        }
    }

    @Override
    public void generateResponse(StaplerRequest2 req, StaplerResponse2 rsp, Object node) throws IOException {
        rsp.setHeader("X-Content-Type-Options", "nosniff");
        if (tag == null) {
            rsp.setHeader("Cache-Control", "no-store");
        } else {
            rsp.setHeader("Cache-Control", "private, no-cache");
            rsp.setHeader("ETag", tag);
            if (matches(req.getHeader("If-None-Match"))) {
                rsp.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
                return;
            }
        }
        rsp.setStatus(status);
        rsp.setContentType("application/json;charset=UTF-8");
        rsp.setContentLength(body.length);
        rsp.getOutputStream().write(body);
    }

    private boolean matches(String header) {
        return header != null
                && Arrays.stream(header.split(","))
                        .map(each -> each.strip().replaceFirst("^W/", ""))
                        .anyMatch(each -> each.equals(tag) || "*".equals(each));
    }
}
