package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.api.DirectApi;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import okhttp3.Request;
import okio.Buffer;

/** A call as it leaves the engine. */
record ApiCall(DirectApi.Request request) {
    private static final String MACHINES = "/v1/machines";

    static ApiCall of(Request sent) throws IOException {
        Map<String, String> query = new LinkedHashMap<>();
        for (String name : sent.url().queryParameterNames()) {
            query.put(name, sent.url().queryParameter(name));
        }
        Map<String, String> headers = new LinkedHashMap<>();
        sent.headers().forEach(header -> headers.put(header.getFirst(), header.getSecond()));
        String body = "";
        if (sent.body() != null) {
            Buffer buffer = new Buffer();
            sent.body().writeTo(buffer);
            body = buffer.readUtf8();
            if (sent.body().contentType() != null) {
                headers.put("Content-Type", sent.body().contentType().toString());
            }
        }
        return new ApiCall(new DirectApi.Request(sent.method(), sent.url().encodedPath(), query, headers, body));
    }

    String method() {
        return request.method();
    }

    String path() {
        return request.path();
    }

    String header(String name) {
        return request.headers().get(name);
    }

    String apiKey() {
        String authorization = header("Authorization");
        return authorization == null ? "" : authorization.substring(authorization.indexOf(' ') + 1);
    }

    boolean writes() {
        return !method().equals("GET");
    }

    boolean creates() {
        return method().equals("POST") && path().equals(MACHINES);
    }

    boolean deletes() {
        return method().equals("DELETE") && machineId() != null && path().equals(MACHINES + "/" + machineId());
    }

    /** Whether it wakes its machine. */
    boolean wakes() {
        return method().equals("POST")
                && machineId() != null
                && (path().endsWith("/wake")
                        || path().endsWith("/executions")
                        || path().endsWith("/previews")
                        || path().endsWith("/ports"));
    }

    /** Null if it is about no one machine. */
    String machineId() {
        if (!path().startsWith(MACHINES + "/")) {
            return null;
        }
        String rest = path().substring(MACHINES.length() + 1);
        int slash = rest.indexOf('/');
        return slash < 0 ? rest : rest.substring(0, slash);
    }

    @Override
    public String toString() {
        return method() + " " + path();
    }
}
