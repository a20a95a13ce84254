package io.jenkins.plugins.dedalus.config;

import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.model.Durations;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.model.Autosleep;
import io.jenkins.plugins.dedalus.preview.model.PortSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What each setting may be. The form's validation and the setters ask the same methods, so what the form calls wrong can't
 * be saved by any other way either. Each returns the value as it is kept, or throws {@link InvalidSettingException}.
 */
public final class SettingChecks {
    private static final Pattern CREDENTIALS_ID = Pattern.compile("[a-zA-Z0-9_.-]+");
    private static final Pattern SUFFIX = Pattern.compile("\\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-zA-Z.:-]{1,253}");
    private static final Pattern CIDR = Pattern.compile("[0-9a-fA-F.:]{2,45}(/\\d{1,3})?");
    private static final Duration LONGEST_GRACE = Duration.ofDays(365);
    /** The client checks its URL only together with a key; this one goes nowhere. */
    private static final String NO_KEY = "no-key-only-a-check";

    private static final String LIMITS = "one second to seven days such as 30s, 20m or 2h; 0 for any time";
    private static final int DAY_MINUTES = 24 * 60;
    private static final int MOST_MACHINES = 100_000;

    private SettingChecks() {}

    /** Runs a check for the form: what it throws is what the person reads. */
    static FormValidation form(Supplier<?> check) {
        try {
            check.get();
            return FormValidation.ok();
        } catch (InvalidSettingException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    /** The API's base URL without a trailing slash; empty means the default. */
    static String apiUrl(String value) {
        String text = Util.fixEmptyAndTrim(value);
        if (text == null) {
            return DedalusGlobalConfiguration.DEFAULT_API_URL;
        }
        try (DedalusClient client =
                DedalusClient.builder().baseUrl(text).apiKey(NO_KEY).build()) {
            return client.baseUrl().toString();
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException("apiUrl", "apiUrl can't be used. " + e.getMessage());
        }
    }

    /** Whether {@code host} is this machine and no other. */
    public static boolean isLoopback(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return "localhost".equals(name)
                || "[::1]".equals(name)
                || "::1".equals(name)
                || name.matches("127(\\.\\d{1,3}){3}");
    }

    /** An id of credentials, or null for none. */
    static String credentialsId(String field, String value) {
        String text = Util.fixEmptyAndTrim(value);
        if (text == null) {
            return null;
        }
        if (text.startsWith("${")) {
            throw new InvalidSettingException(
                    field,
                    field + " is '" + text
                            + "'; credentials of a build parameter can't be used, because previews are looked after"
                            + " when no build runs. Name Secret text credentials of Jenkins or of a folder.");
        }
        if (!CREDENTIALS_ID.matcher(text).matches()) {
            throw invalid(field, text, "the id of Secret text credentials: letters, digits, dots, dashes, underscores");
        }
        return text;
    }

    /** The organisation's id, or null for the key's own. */
    static String organizationId(String value) {
        String text = Util.fixEmptyAndTrim(value);
        if (text == null) {
            return null;
        }
        try {
            if (text.length() == 36) {
                return UUID.fromString(text).toString();
            }
        } catch (IllegalArgumentException e) {
            throw invalid("organizationId", text, "a UUID such as 123e4567-e89b-42d3-a456-426614174000, or nothing");
        }
        throw invalid("organizationId", text, "a UUID such as 123e4567-e89b-42d3-a456-426614174000, or nothing");
    }

    /** A grace period in the API's notation; {@code 0} deletes at once. */
    static String grace(String field, String value, String fallback) {
        String text = Util.fixEmptyAndTrim(value);
        if (text == null) {
            return fallback;
        }
        graceOf(field, text);
        return text;
    }

    /** The grace period that {@code text}, which passed {@link #grace}, stands for. */
    public static Duration graceOf(String field, String text) {
        return Durations.parseOrSeconds(text)
                .filter(duration -> duration.compareTo(LONGEST_GRACE) <= 0)
                .orElseThrow(() -> invalid(field, text, "0 for at once, or a time such as 12h, 3d, 1w, at most 365d"));
    }

    /** The public address of previews with its placeholder, or null for none. */
    static String publicUrl(String value) {
        String text = Util.fixEmptyAndTrim(value);
        if (text == null) {
            return null;
        }
        try {
            HostPattern.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException("publicUrl", "publicUrl is wrong: " + e.getMessage());
        }
        if (!text.contains("{preview}") && !text.contains("{label}")) {
            throw invalid(
                    "publicUrl",
                    text,
                    "an address with {preview}, because the change requests of several repositories"
                            + " have the same numbers");
        }
        return text;
    }

    /** Hosts and suffixes that upstreams must match, one canonical string separated by spaces. */
    static String upstreamAllowList(String value) {
        List<String> entries = words(value).map(e -> e.toLowerCase(Locale.ROOT)).toList();
        if (entries.isEmpty()) {
            return DedalusGlobalConfiguration.DEFAULT_UPSTREAMS;
        }
        for (String entry : entries) {
            if (!SUFFIX.matcher(entry).matches() || entry.contains("..")) {
                throw invalid(
                        "upstreamAllowList",
                        entry,
                        "host names, or endings with a leading dot such as .dedaluslabs.ai, separated by spaces");
            }
            if (entry.startsWith(".") && entry.indexOf('.', 1) < 0) {
                throw invalid(
                        "upstreamAllowList",
                        entry,
                        "endings of at least two parts such as .dedaluslabs.ai: a whole top-level domain is nobody's own");
            }
        }
        return String.join(" ", entries);
    }

    /** Minutes between two reconciliations, 1 to 1440. */
    static int reconcileMinutes(int value) {
        if (value < 1 || value > DAY_MINUTES) {
            throw invalid("reconcileMinutes", value, "1 to " + DAY_MINUTES);
        }
        return value;
    }

    /** How many machines there may be; 0 for no limit. */
    static int maxMachines(int value) {
        return machines("maxMachines", value);
    }

    static int machines(String field, int value) {
        if (value < 0 || value > MOST_MACHINES) {
            throw invalid(field, value, "0 (no limit) to " + MOST_MACHINES);
        }
        return value;
    }

    /** What a build does when there may be no more machines. */
    static String whenFull(String value) {
        String text = Util.fixEmptyAndTrim(value);
        String word = text == null ? DedalusGlobalConfiguration.DEFAULT_WHEN_FULL : text.toLowerCase(Locale.ROOT);
        if (!"wait".equals(word) && !"fail".equals(word)) {
            throw invalid("whenFull", text, "wait or fail");
        }
        return word;
    }

    /** An address to listen at. */
    static String bindAddress(String value) {
        String text = Util.fixEmptyAndTrim(value);
        if (text == null) {
            return ListenerConfiguration.LOOPBACK;
        }
        if (!ADDRESS.matcher(text).matches()) {
            throw invalid("bindAddress", text, "an address of this machine such as 127.0.0.1 or 0.0.0.0");
        }
        return text;
    }

    /** A port to listen at; 0 takes any free one. */
    static int listenPort(int value) {
        if (value < 0 || value > 65_535) {
            throw invalid("port", value, "0 (any free one) to 65535");
        }
        return value;
    }

    /** Front proxies that are believed, separated by spaces; null for none. */
    static String trustedProxies(String value) {
        List<String> entries = words(value).toList();
        for (String entry : entries) {
            if (!CIDR.matcher(entry).matches()) {
                throw invalid("trustedProxies", entry, "addresses or blocks such as 10.0.0.5 or 10.0.0.0/8");
            }
        }
        return entries.isEmpty() ? null : String.join(" ", entries);
    }

    /** How long viewers wait: one second to seven days, or 0 for any time; null for the default. */
    static String viewerLimit(String field, String value) {
        String text = Util.fixEmptyAndTrim(value);
        if (text == null) {
            return null;
        }
        try {
            return Durations.parse(text)
                    .map(limit -> new TimeLimits.Answers(limit, limit))
                    .map(sound -> text)
                    .orElseThrow(() -> invalid(field, text, LIMITS));
        } catch (IllegalArgumentException e) {
            throw invalid(field, text, LIMITS);
        }
    }

    /** The parts of a list separated by spaces, commas or lines. */
    public static Stream<String> words(String value) {
        return Stream.of(Util.fixNull(value).split("[\\s,]+")).filter(word -> !word.isEmpty());
    }

    /** The virtual CPUs or null; PreviewSpec knows the limits. Text, because Configuration as Code drops fractions. */
    static String vcpu(String value) {
        Double number = FormNumbers.number("vcpu", value);
        return number == null
                ? null
                : spec("vcpu", value.trim(), () -> PreviewSpec.builder()
                        .vcpu(number)
                        .build());
    }

    /** The memory in MiB or null. */
    static Integer memoryMib(Integer value) {
        return value == null
                ? null
                : spec("memoryMib", value, () -> PreviewSpec.builder()
                        .memoryMib(value)
                        .build());
    }

    /** The storage in GiB or null. */
    static Integer storageGib(Integer value) {
        return value == null
                ? null
                : spec("storageGib", value, () -> PreviewSpec.builder()
                        .storageGib(value)
                        .build());
    }

    /** The app's port or null. */
    static Integer port(Integer value) {
        return value == null ? null : spec("port", value, () -> PortSpec.http(value));
    }

    /** Autosleep in the API's notation or null. */
    static String autosleep(String value) {
        String text = Util.fixEmptyAndTrim(value);
        return text == null ? null : spec("autosleep", text, () -> Autosleep.parse(text));
    }

    /** How long a preview stays that nobody looks at, or null. */
    static String ttl(String value) {
        String text = Util.fixEmptyAndTrim(value);
        return text == null ? null : spec("ttl", text, () -> PreviewSpec.parseTtl(text));
    }

    /** Who may open the Dedalus URL, or null. */
    static String visibility(String value) {
        String text = Util.fixEmptyAndTrim(value);
        if (text == null) {
            return null;
        }
        String name = text.toLowerCase(Locale.ROOT);
        if (!Visibility.of(name).known()) {
            throw invalid("visibility", text, "public, org or private");
        }
        return name;
    }

    /** Who may view previews on their public address. */
    static String viewerAccess(String value) {
        String text = Util.fixEmptyAndTrim(value);
        if (text == null) {
            return DedalusGlobalConfiguration.DEFAULT_ACCESS;
        }
        String name = text.toLowerCase(Locale.ROOT);
        if (!"public".equals(name) && !"jenkins".equals(name)) {
            throw invalid(
                    "viewerAccess", text, "public (whoever knows the address) or jenkins (whoever may read the job)");
        }
        return name;
    }

    private static <T> T spec(String field, T value, Supplier<?> check) {
        try {
            check.get();
            return value;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new InvalidSettingException(field, e.getMessage());
        }
    }

    static InvalidSettingException invalid(String field, Object value, String allowed) {
        return new InvalidSettingException(field, field + " is '" + value + "'; allowed: " + allowed + ".");
    }
}
