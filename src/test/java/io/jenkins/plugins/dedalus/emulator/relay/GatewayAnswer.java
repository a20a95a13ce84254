package io.jenkins.plugins.dedalus.emulator.relay;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** An answer of the gateway in front of the machines. */
final class GatewayAnswer {
    private GatewayAnswer() {}

    /** An error; of a framework's name, the page with which it refuses the host that the message names. */
    static String of(int status, String code, String message) {
        return RefusalPage.named(code)
                .map(page -> answer(page.status(), page.type(), page.body(message)))
                .orElseGet(() -> answer(
                        status,
                        "application/json",
                        "{\"error_code\":\"" + code + "\",\"message\":\"" + message + "\",\"retryable\":"
                                + (status >= 500) + "}"));
    }

    private static String answer(int status, String type, String body) {
        return "HTTP/1.1 " + status + " " + HttpResponseStatus.valueOf(status).reasonPhrase() + "\r\n"
                + "Content-Type: " + type + "\r\n"
                + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n"
                + "Cache-Control: no-store\r\n"
                + (status == 401 ? "WWW-Authenticate: Bearer\r\n" : "")
                + "Connection: close\r\n\r\n" + body;
    }
}
