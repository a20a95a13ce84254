package io.jenkins.plugins.dedalus.emulator.api;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.core.ControlPlane;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** The API without a socket: the same authentication, replay and validation, called in process. */
public final class DirectApi {
    /** A request; header names in any case. */
    public record Request(
            String method, String path, Map<String, String> query, Map<String, String> headers, String body) {}

    /** What is answered; {@code headers} has no Content-Type. */
    public record Reply(int status, String contentType, String body, Map<String, String> headers) {}

    private final Pipeline pipeline;

    /** Puts the API in front of a control plane. */
    public DirectApi(EmulatorConfig config, ControlPlane plane) throws IOException {
        pipeline = new Pipeline(config, plane);
    }

    /** Answers; complete when a server would answer. Never fails: refusals are answers. */
    public CompletionStage<Reply> answer(Request request) {
        MultiMap query = MultiMap.caseInsensitiveMultiMap().addAll(request.query());
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(request.headers());
        Call call = new Call(request.method(), request.path(), null, query, headers, request.body());
        return pipeline.answer(call)
                .thenApply(answer -> new Reply(answer.status(), answer.contentType(), answer.body(), answer.headers()));
    }
}
