package io.jenkins.plugins.dedalus.accounts;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.dedalus.config.Account;
import io.jenkins.plugins.dedalus.config.ApiCredentials;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.Logger;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * Signs each call with the account's credentials as they are now: a rotated key works at once and interrupts nothing.
 *
 * <p>When a folder's credentials are gone, the global ones stand in. They may belong to somebody else, to whom a machine of
 * this account looks like none at all; so their 404 is not believed, or a machine that still costs money would be forgotten.
 */
public final class AccountSigner implements Interceptor {
    private static final Logger LOGGER = Logger.getLogger(AccountSigner.class.getName());
    private static final MediaType JSON = MediaType.get("application/json");
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int BAD_REQUEST = 400;

    private final Supplier<Account> account;
    private final Clock clock;
    private volatile ApiRefusal refusal;
    private volatile String standIn;

    AccountSigner(Supplier<Account> account, Clock clock) {
        this.account = account;
        this.clock = clock;
    }

    /** The last refusal since which no call succeeded. */
    public Optional<ApiRefusal> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** A sentence while the global credentials stand in for this account's own. */
    Optional<String> standIn() {
        return Optional.ofNullable(standIn);
    }

    @Override
    @NonNull
    public Response intercept(@NonNull Chain chain) throws IOException {
        Account now = account.get();
        Optional<StringCredentials> own = ApiCredentials.find(now);
        boolean fallback = own.isEmpty() && !now.isGlobal();
        Optional<StringCredentials> used = fallback ? ApiCredentials.find(Account.GLOBAL) : own;
        if (used.isEmpty()) {
            return answer(chain.request(), UNAUTHORIZED, "CREDENTIALS_MISSING", Messages.AccountSigner_missing(now));
        }
        if (fallback && makesMachine(chain.request())) {
            return answer(chain.request(), FORBIDDEN, "ACCOUNT_STAND_IN", Messages.AccountSigner_noNewMachine(now));
        }
        noteStandIn(fallback ? Messages.AccountSigner_standIn(now) : null);
        String key = used.get().getSecret().getPlainText();
        if (!key.matches("[\\x21-\\x7e]+")) {
            return answer(chain.request(), UNAUTHORIZED, "CREDENTIALS_UNUSABLE", Messages.AccountSigner_unusable(now));
        }
        Response response = chain.proceed(sign(chain.request(), key, fallback || now.isGlobal()));
        note(chain.request(), response.code(), now);
        if (fallback && response.code() == NOT_FOUND) {
            response.close();
            return answer(chain.request(), FORBIDDEN, "ACCOUNT_STAND_IN", Messages.AccountSigner_notBelieved(now));
        }
        return response.code() >= BAD_REQUEST ? withoutKey(response, key) : response;
    }

    /** Later the account's own key would not see it: nobody would own it. */
    private static boolean makesMachine(Request request) {
        return "POST".equals(request.method()) && request.url().encodedPath().endsWith("/v1/machines");
    }

    private static Request sign(Request request, String key, boolean globalOrganization) {
        Request.Builder signed =
                request.newBuilder().header("Authorization", "Bearer " + key).removeHeader("X-Dedalus-Org-Id");
        String organization = DedalusGlobalConfiguration.get().getOrganizationId();
        if (globalOrganization && organization != null) {
            signed.header("X-Dedalus-Org-Id", organization);
        }
        return signed.build();
    }

    private void note(Request request, int status, Account now) {
        // An account that may not call sleep is served all the same: autosleep does it.
        boolean sleepOnly = status == FORBIDDEN && request.url().encodedPath().endsWith("/sleep");
        if ((status == UNAUTHORIZED || status == FORBIDDEN) && !sleepOnly) {
            refusal = new ApiRefusal(clock.instant(), status, Messages.AccountSigner_refused(now, status));
        } else if (status < BAD_REQUEST) {
            refusal = null;
        }
    }

    private void noteStandIn(String sentence) {
        if (sentence != null && standIn == null) {
            LOGGER.warning(sentence);
        }
        standIn = sentence;
    }

    /** A server may quote what it was sent, and error texts end up in build logs. */
    private static Response withoutKey(Response response, String key) throws IOException {
        ResponseBody body = response.body();
        MediaType type = body.contentType();
        String text = response.peekBody(1024L * 1024).string();
        if (!text.contains(key)) {
            return response;
        }
        response.close();
        return response.newBuilder()
                .body(ResponseBody.create(text.replace(key, "(hidden)"), type))
                .build();
    }

    private static Response answer(Request request, int status, String code, String sentence) {
        String json = "{\"error_code\":\"" + code + "\",\"message\":" + net.sf.json.util.JSONUtils.quote(sentence)
                + ",\"retryable\":false}";
        return new Response.Builder()
                .request(request)
                .protocol(Protocol.HTTP_1_1)
                .code(status)
                .message(code)
                .body(ResponseBody.create(json, JSON))
                .build();
    }
}
