package io.jenkins.plugins.dedalus.demo;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Somebody who looks at previews: many connections at once, and {@code *.localhost} without asking the resolver. */
final class Viewer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(130);

    /** An answer; {@code firstByte} is the time from the request until its head was there. */
    record Answer(int status, String location, String body, Duration firstByte) {}

    private final Vertx vertx = Vertx.vertx();
    private final HttpClientAgent client = vertx.httpClientBuilder()
            .with(new HttpClientOptions().setKeepAlive(false).setConnectTimeout(20_000))
            .with(new PoolOptions().setHttp1MaxSize(2_000))
            .build();
    private final int port;

    Viewer(int port) {
        this.port = port;
    }

    Answer get(String host, String path) {
        return await(send(HttpMethod.GET, host, path, null));
    }

    Answer post(String host, String path, String form) {
        return await(send(HttpMethod.POST, host, path, form));
    }

    /** Sends the same request many times at once and waits for all answers. */
    List<Answer> getAtOnce(String host, String path, int times) {
        List<Future<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            answers.add(send(HttpMethod.GET, host, path, null)
                    .otherwise(failure -> new Answer(0, null, failure.toString(), PATIENCE)));
        }
        await(Future.join(answers));
        return answers.stream().map(Future::result).toList();
    }

    private Future<Answer> send(HttpMethod method, String host, String path, String form) {
        long started = System.nanoTime();
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setServer(SocketAddress.inetSocketAddress(port, "127.0.0.1"))
                .setHost(host)
                .setPort(port)
                .setURI(path)
                .putHeader("User-Agent", "dedalus-preview-demo")
                .setTimeout(PATIENCE.toMillis());
        if (form != null) {
            options.putHeader("Content-Type", "application/x-www-form-urlencoded");
        }
        return client.request(options)
                .compose(request -> form == null ? request.send() : request.send(form))
                .compose(response -> {
                    Duration firstByte = Duration.ofNanos(System.nanoTime() - started);
                    return response.body()
                            .map(body -> new Answer(
                                    response.statusCode(), response.getHeader("Location"), body.toString(), firstByte));
                });
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds() + 5, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new Deviation("A request to the router failed: " + e.getCause() + ".");
        } catch (TimeoutException e) {
            throw new Deviation("The router did not answer within " + PATIENCE.toSeconds() + " s.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Deviation("Interrupted while waiting for the router.");
        }
    }

    @Override
    public void close() {
        vertx.close();
    }
}
