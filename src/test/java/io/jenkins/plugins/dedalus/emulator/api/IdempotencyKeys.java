package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.databind.node.TextNode;
import io.jenkins.plugins.dedalus.emulator.core.ApiException;
import io.jenkins.plugins.dedalus.emulator.core.ErrorCode;
import io.jenkins.plugins.dedalus.emulator.core.StateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The same key with the same request gets the first answer. Refusals are not kept: what they refused may be repeated. */
final class IdempotencyKeys {
    private static final int LONGEST = 255;
    private static final int RETRY_AFTER_MILLIS = 200;
    private static final int REFUSALS = 400;

    /** A kept answer; null: the first request is in flight. */
    private record Kept(String key, String request, Answer answer) {}

    private final Path file;
    private final boolean required;
    private final Map<String, Kept> all = new HashMap<>();

    /**
     * @param required whether a change without a key is refused
     */
    IdempotencyKeys(StateStore store, boolean required) throws IOException {
        this.required = required;
        this.file = store.durable() ? store.idempotencyKeys() : null;
        if (file != null && Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                // The last line may be cut off: the emulator was killed while writing it, before anybody was answered.
                if (line.endsWith("}")) {
                    Kept kept = StateStore.JSON.readValue(line, Kept.class);
                    all.put(kept.key(), kept);
                }
            }
        }
    }

    /** The first answer to this call, or what the work gives. Throws {@link ApiException}. */
    CompletionStage<Answer> once(Call call, Supplier<CompletionStage<Answer>> work) {
        String key = call.header("Idempotency-Key").orElse(null);
        if (key == null && required && call.writes()) {
            throw Problem.invalid(
                    "header.Idempotency-Key", "required header parameter is missing", TextNode.valueOf(""));
        }
        if (key == null || !call.writes()) {
            return work.get();
        }
        if (key.isEmpty() || key.length() > LONGEST) {
            throw Problem.invalid(
                    "header.Idempotency-Key", "expected length from 1 to " + LONGEST, TextNode.valueOf(key));
        }
        String request = fingerprint(call);
        synchronized (all) {
            Kept kept = all.get(key);
            if (kept != null && !kept.request().equals(request)) {
                throw new ApiException(
                        ErrorCode.IDEMPOTENCY_KEY_REUSED,
                        "This Idempotency-Key came with another request before. Use a new key for a new request.");
            }
            if (kept != null && kept.answer() == null) {
                throw new ApiException(ErrorCode.RATE_LIMITED, "The first request with this key is still under way.")
                        .retryAfter(RETRY_AFTER_MILLIS)
                        .detail("rate_limit_scope", "idempotency_key");
            }
            if (kept != null) {
                return CompletableFuture.completedFuture(kept.answer());
            }
            all.put(key, new Kept(key, request, null));
        }
        try {
            return work.get().whenComplete((answer, failure) -> keep(key, request, failure == null ? answer : null));
        } catch (RuntimeException e) {
            keep(key, request, null);
            throw e;
        }
    }

    private void keep(String key, String request, Answer answer) {
        synchronized (all) {
            if (answer == null || answer.status() >= REFUSALS) {
                all.remove(key);
                return;
            }
            Kept kept = new Kept(key, request, answer);
            all.put(key, kept);
            if (file != null) {
                try {
                    Files.writeString(
                            file,
                            StateStore.JSON.writeValueAsString(kept) + "\n",
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                } catch (IOException e) {
                    throw new UncheckedIOException("Could not keep an Idempotency-Key in " + file, e);
                }
            }
        }
    }

    private static String fingerprint(Call call) {
        String request = call.method() + " " + call.path() + "\n"
                + call.header("If-Match").orElse("") + "\n" + call.body();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(request.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
