package bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** 1,000 requests a second, each at its due time whatever became of those before; time runs from when it was due. */
final class Steady {
    private static final int RATE = 1000;

    private static final int ROUNDS = 4;

    /** The answer times of a run in ms, sorted, and how many answers were none. */
    private record Times(double[] millis, int errors) {
        static Times of(List<Times> rounds) {
            double[] all = rounds.stream().flatMapToDouble(round -> Arrays.stream(round.millis)).sorted().toArray();
            return new Times(all, rounds.stream().mapToInt(Times::errors).sum());
        }

        double p50() {
            return millis[millis.length / 2];
        }

        double p99() {
            return millis[millis.length * 99 / 100];
        }
    }

    private Steady() {}

    static List<Row> measure(Stage stage, int seconds) throws Exception {
        Vertx vertx = Vertx.vertx();
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(true), new PoolOptions().setHttp1MaxSize(128));
        try {
            run(client, stage.routerPort, Math.max(2, seconds / ROUNDS));
            run(client, stage.nginxPort, Math.max(2, seconds / ROUNDS));
            // In turn, so that the machine's mood hits all.
            List<Times> ones = new ArrayList<>();
            List<Times> twos = new ArrayList<>();
            List<Times> threes = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                ones.add(run(client, stage.originPort, Math.max(1, seconds / ROUNDS)));
                twos.add(run(client, stage.nginxPort, Math.max(1, seconds / ROUNDS)));
                threes.add(run(client, stage.routerPort, Math.max(1, seconds / ROUNDS)));
            }
            Times direct = Times.of(ones);
            Times theirs = Times.of(twos);
            Times ours = Times.of(threes);
            double added = Math.max(0.001, ours.p50() - direct.p50());
            double theirAdded = Math.max(0.001, theirs.p50() - direct.p50());
            double addedTail = ours.p99() - direct.p99();
            return List.of(
                    new Row(
                            "added p50 at 1,000 requests/s, ms (direct: " + Row.number(direct.p50()) + ")",
                            Row.number(theirAdded),
                            Row.number(added),
                            Row.number(added / theirAdded),
                            Row.goal("≤ 1.3", added / theirAdded <= 1.3)),
                    new Row(
                            "added p99 at 1,000 requests/s, ms (direct: " + Row.number(direct.p99()) + ")",
                            Row.number(theirs.p99() - direct.p99()),
                            Row.number(addedTail),
                            "",
                            Row.goal("≤ 10 ms", addedTail <= 10)),
                    new Row(
                            "errors at 1,000 requests/s",
                            Integer.toString(theirs.errors),
                            Integer.toString(ours.errors),
                            "",
                            Row.goal("0", ours.errors == 0)));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    private static Times run(HttpClient client, int port, int seconds) throws InterruptedException {
        int total = RATE * seconds;
        double[] millis = new double[total];
        AtomicInteger errors = new AtomicInteger();
        CountDownLatch open = new CountDownLatch(total);
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/1k")
                .putHeader("Host", "static-0.localhost");
        long start = System.nanoTime();
        for (int i = 0; i < total; i++) {
            int index = i;
            long due = start + i * (1_000_000_000L / RATE);
            while (due - System.nanoTime() > 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            client.request(new RequestOptions(options))
                    .compose(request -> request.send().compose(HttpClientResponse::body).map(body -> request.response().result().statusCode()))
                    .onComplete(done -> {
                        millis[index] = (System.nanoTime() - due) / 1e6;
                        if (done.failed() || done.result() != 200) {
                            errors.incrementAndGet();
                        }
                        open.countDown();
                    });
        }
        if (!open.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException(open.getCount() + " requests were never answered.");
        }
        return new Times(millis, errors.get());
    }
}
