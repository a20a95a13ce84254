package io.jenkins.plugins.dedalus.router.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A stream of events on a loop whose turns come one by one. */
class EventStreamTest {
    private final Queue<Handler<Object>> turns = new ArrayDeque<>();
    private final List<String> written = new ArrayList<>();
    private boolean ended;
    private int left;

    @Test
    void aTurnThatComesAfterTheEndWritesNothing() {
        EventStream stream = new EventStream(
                fake(HttpServerResponse.class, this::respond), fake(Context.class, this::loop), () -> left++);
        stream.begin();
        stream.progress("deleting", 1, null, false);
        stream.follow(
                CompletableFuture.completedFuture("gone"),
                done -> new ObjectMapper().createObjectNode().put("id", done));

        while (!turns.isEmpty()) {
            turns.remove().handle(null);
        }

        assertThat(written).hasSize(2);
        assertThat(written.get(1)).contains("\"result\"", "gone");
        assertThat(ended).isTrue();
        assertThat(left).isEqualTo(1);
    }

    @SuppressWarnings("unchecked")
    private Object loop(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "runOnContext" -> {
                turns.add((Handler<Object>) arguments[0]);
                yield null;
            }
            case "owner" ->
                fake(
                        Vertx.class,
                        (vertx, called, values) -> called.getName().equals("setPeriodic") ? (Object) 7L : true);
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }

    /** As Vert.x' own: after its end it answers nothing but whether it has ended. */
    private Object respond(Object response, Method method, Object[] arguments) {
        switch (method.getName()) {
            case "closed" -> {
                return false;
            }
            case "writeQueueFull" -> {
                requireOpen();
                return false;
            }
            case "write", "end" -> {
                requireOpen();
                written.add(((Buffer) arguments[0]).toString());
                ended = method.getName().equals("end");
                return null;
            }
            case "writeHead" -> {
                return null;
            }
            default -> {
                return response;
            }
        }
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("Response has already been written");
        }
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
