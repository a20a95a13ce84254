package bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The first byte from a machine that slept, for 1, 100 and 1,000 who wait. Beside it the same without a router: the wake call,
 * the app's first answer, then all the requests at once. What ours takes longer is what the router adds.
 */
final class Cold {
    private static final double GOAL_MILLIS = 100;

    private record Times(List<Double> millis, int errors) {}

    private Cold() {}

    static boolean answers(String url) {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create(url + "/1k").toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(1000);
            return connection.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    static List<Row> measure(Stage stage, int rounds) throws Exception {
        List<Row> rows = new ArrayList<>();
        Vertx vertx = Vertx.vertx();
        try {
            for (int i = 0; i < 3; i++) {
                through(vertx, stage, 100);
                direct(vertx, stage, 100);
            }
            for (int waiters : new int[] {1, 100, 1000}) {
                List<Double> theirs = new ArrayList<>();
                List<Double> ours = new ArrayList<>();
                int errors = 0;
                long woke = 0;
                for (int round = 0; round < rounds; round++) {
                    theirs.addAll(direct(vertx, stage, waiters).millis);
                    long before = stage.wakes();
                    Times times = through(vertx, stage, waiters);
                    woke += stage.wakes() - before;
                    ours.addAll(times.millis);
                    errors += times.errors;
                }
                double added = p95(ours) - p95(theirs);
                rows.add(new Row(
                        "cold first byte, p95, ms, " + waiters + " waiting (" + woke + " wakes in " + rounds + " rounds, "
                                + errors + " errors)",
                        "without router: " + Row.number(p95(theirs)),
                        Row.number(p95(ours)),
                        Row.number(p95(ours) / p95(theirs)),
                        Row.goal("+ ≤ 100 ms, one wake a round", added <= GOAL_MILLIS && woke == rounds && errors == 0)));
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
        return rows;
    }

    private static double p95(List<Double> millis) {
        double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[Math.min(sorted.length - 1, sorted.length * 95 / 100)];
    }

    private static Times through(Vertx vertx, Stage stage, int waiters) throws Exception {
        stage.sleep();
        return ask(vertx, System.nanoTime(), stage.routerPort, "sleeper.localhost", waiters);
    }

    private static Times direct(Vertx vertx, Stage stage, int waiters) throws Exception {
        stage.sleep();
        long start = System.nanoTime();
        URI app = stage.wakeDirectly();
        return ask(vertx, start, app.getPort(), app.getAuthority(), waiters);
    }

    private static Times ask(Vertx vertx, long start, int port, String host, int waiters) throws InterruptedException {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(false), new PoolOptions().setHttp1MaxSize(waiters));
        AtomicInteger errors = new AtomicInteger();
        CountDownLatch open = new CountDownLatch(waiters);
        Double[] millis = new Double[waiters];
        for (int i = 0; i < waiters; i++) {
            int index = i;
            client.request(new RequestOptions()
                            .setMethod(HttpMethod.GET)
                            .setHost("127.0.0.1")
                            .setPort(port)
                            .setURI("/1k")
                            .putHeader("Host", host))
                    .compose(request -> request.send())
                    .onComplete(done -> {
                        millis[index] = (System.nanoTime() - start) / 1e6;
                        if (done.failed() || done.result().statusCode() != 200) {
                            errors.incrementAndGet();
                        }
                        open.countDown();
                    });
        }
        if (!open.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException(open.getCount() + " of " + waiters + " were never answered.");
        }
        client.close();
        return new Times(List.of(millis), errors.get());
    }
}
