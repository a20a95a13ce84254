package io.jenkins.plugins.dedalus.emulator.relay;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** An answer of the gateway in front of the machines. */
final class GatewayAnswer {
    private GatewayAnswer() {}

    static String of(int status, String code, String message) {
        String body = "{\"error_code\":\"" + code + "\",\"message\":\"" + message + "\",\"retryable\":"
                + (status >= 500) + "}";
        return "HTTP/1.1 " + status + " " + HttpResponseStatus.valueOf(status).reasonPhrase() + "\r\n"
                + "Content-Type: application/json\r\n"
                + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n"
                + "Cache-Control: no-store\r\n"
                + (status == 401 ? "WWW-Authenticate: Bearer\r\n" : "")
                + "Connection: close\r\n\r\n" + body;
    }
}
