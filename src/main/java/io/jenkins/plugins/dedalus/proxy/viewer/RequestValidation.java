package io.jenkins.plugins.dedalus.proxy.viewer;

import io.jenkins.plugins.dedalus.proxy.spi.Hosts;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Map;

/**
 * What a request must be before anything is looked up: one host, one framing, a request target that can be forwarded byte
 * for byte. Whatever the decoder refuses never gets here.
 */
public final class RequestValidation {
    private RequestValidation() {}

    /**
     * A verdict.
     *
     * @param status 0 if the request is fine, else the status to refuse it with
     * @param sentence why it is refused; null if it isn't
     * @param host the canonical host
     * @param authority host and port as the viewer sent them
     * @param uri the request target in origin form, byte for byte
     * @param body whether a body is announced
     */
    public record Verdict(int status, String sentence, String host, String authority, String uri, boolean body) {
        static Verdict refuse(int status, String sentence) {
            return new Verdict(status, sentence, null, null, null, false);
        }

        public boolean refused() {
            return status != 0;
        }
    }

    /**
     * Looks at a request's head.
     *
     * @param maxHeaderBytes most bytes of all headers together
     * @param whole whether it is known that nothing follows the head
     */
    public static Verdict check(HttpServerRequest request, int maxHeaderBytes, boolean whole) {
        HttpVersion version = request.version();
        if (version == null) {
            return Verdict.refuse(505, "This HTTP version is not spoken here.");
        }
        HttpMethod method = request.method();
        if (method == HttpMethod.CONNECT || method == HttpMethod.TRACE) {
            return Verdict.refuse(405, "The method " + method.name() + " is not forwarded.");
        }
        boolean http2 = version == HttpVersion.HTTP_2;
        MultiMap headers = request.headers();
        String authority = http2 ? http2Authority(request) : http1Authority(headers);
        if (authority == null) {
            return Verdict.refuse(400, "A request needs exactly one Host.");
        }
        if (http2 && !areFieldsSound(headers)) {
            return Verdict.refuse(400, "A header holds characters that no header may hold.");
        }
        if (!http2 && bytes(headers) > maxHeaderBytes) {
            return Verdict.refuse(431, "The request's headers are too long.");
        }
        String uri = request.uri();
        if (!isVisibleAscii(uri)) {
            return Verdict.refuse(400, "The request target holds bytes that must be percent-encoded.");
        }
        if (!uri.startsWith("/") && !(uri.equals("*") && method == HttpMethod.OPTIONS)) {
            uri = originForm(uri, authority);
            if (uri == null) {
                return Verdict.refuse(400, "The request target must be a path, or name the same host as Host does.");
            }
        }
        String host = Hosts.canonical(authority);
        if (host == null) {
            return Verdict.refuse(400, "The Host is not a host name.");
        }
        return framing(headers, version, whole, host, authority, uri);
    }

    private static Verdict framing(
            MultiMap headers, HttpVersion version, boolean whole, String host, String authority, String uri) {
        String encoding = headers.get(HttpHeaders.TRANSFER_ENCODING);
        if (encoding != null) {
            if (version != HttpVersion.HTTP_1_1
                    || headers.getAll(HttpHeaders.TRANSFER_ENCODING).size() > 1) {
                return Verdict.refuse(400, "This Transfer-Encoding is ambiguous.");
            }
            if (!encoding.equalsIgnoreCase("chunked")) {
                return Verdict.refuse(501, "No Transfer-Encoding but chunked is understood.");
            }
            return new Verdict(0, null, host, authority, uri, true);
        }
        String length = headers.get(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            if (!isLength(length) || headers.getAll(HttpHeaders.CONTENT_LENGTH).size() > 1) {
                return Verdict.refuse(400, "The Content-Length is not one decimal number.");
            }
            return new Verdict(0, null, host, authority, uri, !length.equals("0"));
        }
        // HTTP/2 may send a body without announcing it, whatever the method.
        boolean body = version == HttpVersion.HTTP_2 && !whole;
        return new Verdict(0, null, host, authority, uri, body);
    }

    private static String http1Authority(MultiMap headers) {
        String host = headers.get(HttpHeaders.HOST);
        return host == null || headers.getAll(HttpHeaders.HOST).size() != 1 ? null : host;
    }

    private static String http2Authority(HttpServerRequest request) {
        HostAndPort authority = request.authority(true);
        String header = request.headers().get(HttpHeaders.HOST);
        if (authority == null) {
            return header;
        }
        String text = authority.port() < 0 ? authority.host() : authority.host() + ":" + authority.port();
        if (header == null) {
            return text;
        }
        List<String> all = request.headers().getAll(HttpHeaders.HOST);
        return all.size() == 1 && header.equalsIgnoreCase(text) ? text : null;
    }

    /** HTTP/2 can carry what would end a line or a name in HTTP/1.1; RFC 9113, 8.2.1, has us look. */
    private static boolean areFieldsSound(MultiMap headers) {
        for (Map.Entry<String, String> field : headers) {
            if (!isToken(field.getKey()) || holdsControls(field.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** As they stand on the wire, with colon, blank and line end. */
    private static int bytes(MultiMap headers) {
        int bytes = 0;
        for (Map.Entry<String, String> header : headers) {
            bytes += header.getKey().length() + header.getValue().length() + 4;
        }
        return bytes;
    }

    /** Whether this is a header's name, or a method. */
    static boolean isToken(CharSequence name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7f || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
                return false;
            }
        }
        return name.length() > 0;
    }

    private static boolean holdsControls(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f) {
                return true;
            }
        }
        return false;
    }

    private static String originForm(String uri, String authority) {
        int from;
        if (uri.regionMatches(true, 0, "http://", 0, 7)) {
            from = 7;
        } else if (uri.regionMatches(true, 0, "https://", 0, 8)) {
            from = 8;
        } else {
            return null;
        }
        int end = from;
        while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
            end++;
        }
        if (!uri.substring(from, end).equalsIgnoreCase(authority)) {
            return null;
        }
        String rest = uri.substring(end);
        return rest.startsWith("/") ? rest : "/" + rest;
    }

    private static boolean isVisibleAscii(String uri) {
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                return false;
            }
        }
        return !uri.isEmpty();
    }

    private static boolean isLength(String value) {
        // With zeros in front it would be read as octal somewhere.
        if (value.isEmpty() || value.length() > 18 || value.length() > 1 && value.charAt(0) == '0') {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
