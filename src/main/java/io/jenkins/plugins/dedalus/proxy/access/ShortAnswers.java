package io.jenkins.plugins.dedalus.proxy.access;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks over HTTP for answers that are short and come soon, to their last byte. Whoever is asked may be broken or hostile: an
 * answer without an end costs neither memory nor the next question.
 */
public final class ShortAnswers {
    private ShortAnswers() {}

    /**
     * Asks.
     *
     * @param mostBytes the longest body that is read; a longer one fails
     * @param patience until the answer must be there as a whole
     * @return fails with {@link IOException} or {@link TimeoutException}, whose messages are sentences' ends
     */
    public static CompletableFuture<HttpResponse<byte[]>> ask(
            HttpClient http, HttpRequest request, int mostBytes, Duration patience) {
        CompletableFuture<HttpResponse<byte[]>> asked = http.sendAsync(request, head -> new Bounded(mostBytes));
        CompletableFuture<HttpResponse<byte[]>> answer = new CompletableFuture<>();
        asked.copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).whenComplete((response, failure) -> {
            if (failure instanceof TimeoutException) {
                // The request's own limit ends with the head.
                asked.cancel(true);
                answer.completeExceptionally(
                        new TimeoutException("its answer took longer than " + patience.toSeconds() + " s"));
            } else if (failure != null) {
                answer.completeExceptionally(failure instanceof CompletionException ? failure.getCause() : failure);
            } else {
                answer.complete(response);
            }
        });
        return answer;
    }

    private static final class Bounded implements BodySubscriber<byte[]> {
        private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();
        private final int most;
        private long read;
        private Flow.Subscription subscription;

        Bounded(int most) {
            this.most = most;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return bytes.getBody();
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            bytes.onSubscribe(given);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            if (read > most) {
                return;
            }
            buffers.forEach(buffer -> read += buffer.remaining());
            if (read > most) {
                subscription.cancel();
                bytes.onError(new IOException("its answer is longer than " + most / 1024 + " KiB"));
            } else {
                bytes.onNext(buffers);
            }
        }

        @Override
        public void onError(Throwable failure) {
            bytes.onError(failure);
        }

        @Override
        public void onComplete() {
            if (read <= most) {
                bytes.onComplete();
            }
        }
    }
}
