package io.jenkins.plugins.dedalus.handover;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.Util;
import io.jenkins.plugins.dedalus.proxy.directory.RouteFeed;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/** JSON with an ETag of its content: whoever asks again with {@code If-None-Match} gets 304 while nothing changed. */
public final class JsonAnswer implements HttpResponse {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int status;
    private final byte[] body;
    private final String tag;

    private JsonAnswer(int status, byte[] body, String tag) {
        this.status = status;
        this.body = body;
        this.tag = tag;
    }

    /** An answer that whoever has it already needn't get again. */
    public static JsonAnswer tagged(JsonNode content) {
        byte[] json = write(content);
        return new JsonAnswer(200, json, '"' + Util.getDigestOf(new String(json, StandardCharsets.UTF_8)) + '"');
    }

    /** The same, of a list that has its tag already. */
    public static JsonAnswer tagged(RouteFeed.Reply reply) {
        return new JsonAnswer(reply.status(), reply.body().getBytes(StandardCharsets.UTF_8), reply.tag());
    }

    /** An answer that is never kept. */
    static JsonAnswer of(int status, JsonNode content) {
        return new JsonAnswer(status, write(content), null);
    }

    /** A refusal: {@code {"message": …}}. */
    public static JsonAnswer problem(int status, String sentence) {
        return of(status, JSON.createObjectNode().put("message", sentence));
    }

    public static ObjectMapper mapper() {
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
                        // Jetty marks the tags of what it compressed.
                        .map(each -> each.strip().replaceFirst("^W/", "").replaceFirst("--gzip\"$", "\""))
                        .anyMatch(each -> each.equals(tag) || "*".equals(each));
    }
}
