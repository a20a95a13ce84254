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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The first byte from a machine that slept, for 1, 100 and 1,000 who wait; the machine takes 300 ms to wake. */
final class Cold {
    private Cold() {}

    static boolean answers(String url) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create(url + "/1k").toURL().openConnection();
        connection.setConnectTimeout(1000);
        connection.setReadTimeout(1000);
        return connection.getResponseCode() == 200;
    }

    static List<Row> measure(Stage stage, int rounds) throws Exception {
        List<Row> rows = new ArrayList<>();
        Vertx vertx = Vertx.vertx();
        try {
            run(vertx, stage, 1);
            for (int waiters : new int[] {1, 100, 1000}) {
                List<Double> firsts = new ArrayList<>();
                int errors = 0;
                long wakes = stage.wakes();
                for (int round = 0; round < rounds; round++) {
                    errors += run(vertx, stage, waiters, firsts);
                }
                double[] sorted = firsts.stream().mapToDouble(Double::doubleValue).sorted().toArray();
                double p95 = sorted[Math.min(sorted.length - 1, sorted.length * 95 / 100)] - Stage.WAKE.toMillis();
                long woke = stage.wakes() - wakes;
                rows.add(new Row(
                        "cold first byte beyond the wake itself, p95, ms, " + waiters + " waiting",
                        "",
                        Row.number(p95) + " (" + woke + " wakes in " + rounds + " rounds, " + errors + " errors)",
                        "",
                        Row.goal("≤ 100 ms, one wake a round", p95 <= 100 && woke == rounds && errors == 0)));
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
        return rows;
    }

    private static void run(Vertx vertx, Stage stage, int waiters) throws Exception {
        run(vertx, stage, waiters, new ArrayList<>());
    }

    private static int run(Vertx vertx, Stage stage, int waiters, List<Double> firsts) throws Exception {
        stage.sleep();
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(false), new PoolOptions().setHttp1MaxSize(waiters));
        AtomicInteger errors = new AtomicInteger();
        CountDownLatch open = new CountDownLatch(waiters);
        double[] millis = new double[waiters];
        long start = System.nanoTime();
        for (int i = 0; i < waiters; i++) {
            int index = i;
            client.request(new RequestOptions()
                            .setMethod(HttpMethod.GET)
                            .setHost("127.0.0.1")
                            .setPort(stage.routerPort)
                            .setURI("/1k")
                            .putHeader("Host", "sleeper.localhost"))
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
        Arrays.stream(millis).forEach(firsts::add);
        client.close();
        return errors.get();
    }
}
