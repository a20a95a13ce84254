package io.jenkins.plugins.dedalus.client.transport;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.CallScope;
import io.jenkins.plugins.dedalus.client.call.Cancellation;
import io.jenkins.plugins.dedalus.client.call.Json;
import io.jenkins.plugins.dedalus.client.call.Transport;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;

/** Sends a request once over OkHttp, whose own redirects, repetitions and cookies are off. */
public final class HttpTransport implements Transport {

    private static final MediaType JSON = MediaType.get("application/json");
    private static final int MAX_ERROR_BYTES = 1024 * 1024;
    private static final int IDLE_CONNECTIONS = 5;
    private static final long KEEP_ALIVE_SECONDS = 30;

    private final OkHttpClient client;
    private final HttpUrl base;
    private final Duration callTimeout;
    private final ErrorMapper errors;
    private final AnswerFacts facts;
    private final AtomicBoolean closed = new AtomicBoolean();

    public HttpTransport(OkHttpClient client, URI base, Duration callTimeout, ErrorMapper errors, AnswerFacts facts) {
        this.base = HttpUrl.get(base);
        this.facts = facts;
        this.callTimeout = callTimeout;
        this.errors = errors;
        this.client = client.newBuilder()
                .dispatcher(new Dispatcher())
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS))
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .authenticator(Authenticator.NONE)
                .cookieJar(CookieJar.NO_COOKIES)
                .cache(null)
                .connectTimeout(callTimeout)
                .writeTimeout(callTimeout)
                .readTimeout(callTimeout)
                .addNetworkInterceptor(chain -> withoutSilentRepetition(chain.proceed(chain.request())))
                .build();
    }

    public URI baseUrl() {
        return URI.create(base.toString().replaceAll("/+$", ""));
    }

    public void close() {
        closed.set(true);
        client.dispatcher().cancelAll();
        client.connectionPool().evictAll();
    }

    @Override
    public <T> T exchange(ApiRequest request, AnswerReader<T> reader) {
        CallScope scope = request.scope();
        scope.check(request.doing());
        if (closed.get()) {
            throw IoFailures.closed(request);
        }
        Call call = client.newCall(http(request));
        Duration remaining = scope.remaining();
        boolean tight = remaining.compareTo(callTimeout) < 0;
        Duration limit = tight ? remaining : callTimeout;
        call.timeout().timeout(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS);
        Cancellation.Registration registration = scope.onCancel(call::cancel);
        long sent = facts.sending();
        try (Response response = call.execute()) {
            facts.note(response, sent);
            if (!response.isSuccessful()) {
                throw errors.map(request, response.code(), response.headers(), bodyOf(response));
            }
            return reader.read(new Answer(
                    request,
                    response.code(),
                    response.headers(),
                    response.body().source()));
        } catch (IOException e) {
            throw IoFailures.map(request, base.host(), e, tight, limit, closed.get());
        } finally {
            registration.close();
        }
    }

    private Request http(ApiRequest request) {
        HttpUrl.Builder url = base.newBuilder();
        request.path().forEach(url::addPathSegment);
        request.query().forEach(url::addQueryParameter);
        Headers.Builder headers = new Headers.Builder().add("Accept", "application/json");
        for (Map.Entry<String, String> header : request.headers().entrySet()) {
            headers.set(header.getKey(), header.getValue());
        }
        return new Request.Builder()
                .url(url.build())
                .headers(headers.build())
                .method(request.method(), body(request))
                .build();
    }

    private static RequestBody body(ApiRequest request) {
        if (request.body() != null) {
            return new OneShotBody(request.body());
        }
        return "GET".equals(request.method()) || "DELETE".equals(request.method())
                ? null
                : RequestBody.create(new byte[0], null);
    }

    /** What an error answer says; nothing where it says too much or breaks off: the status is what counts. */
    private static byte[] bodyOf(Response response) {
        try {
            byte[] bytes = Json.limited(response.body().source(), MAX_ERROR_BYTES);
            return bytes == null ? new byte[0] : bytes;
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** OkHttp repeats a 503 with {@code Retry-After: 0} by itself, unseen by our rules and without our waits. */
    private static Response withoutSilentRepetition(Response response) {
        return response.code() == 503 && "0".equals(response.header("Retry-After"))
                ? response.newBuilder().removeHeader("Retry-After").build()
                : response;
    }

    /** Keeps OkHttp from sending a body twice. */
    private static final class OneShotBody extends RequestBody {
        private final byte[] bytes;

        OneShotBody(JsonNode json) {
            bytes = Json.bytes(json);
        }

        @Override
        public MediaType contentType() {
            return JSON;
        }

        @Override
        public long contentLength() {
            return bytes.length;
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            sink.write(bytes);
        }
    }
}
