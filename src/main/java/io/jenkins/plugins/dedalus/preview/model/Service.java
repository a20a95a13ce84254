package io.jenkins.plugins.dedalus.preview.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Something that runs beside the app on its machine, with its data in the home: started before the scripts, again after a
 * wake that lost it, and kept running.
 */
public sealed interface Service {
    /** The kind that PostgreSQL has as a name. */
    String POSTGRES = "postgres";

    /** The kind that Redis has as a name. */
    String REDIS = "redis";

    /** Whichever version of PostgreSQL is installed. {@code DATABASE_URL} and {@code PG…} say where it is.
     *
     * @param database made if it isn't there
     * @param port on loopback; null for 5432, or the next one that is free
     */
    record Postgres(String database, Integer port) implements Service {
        private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

        /** Fills the default {@code app}; throws {@link IllegalArgumentException}. */
        public Postgres {
            database = database == null || database.isBlank() ? "app" : database;
            if (!NAME.matcher(database).matches()) {
                throw new IllegalArgumentException("services.postgres: database is '" + database
                        + "'; allowed are up to 63 lower-case letters, digits and _, not starting with a digit.");
            }
            checkPort(POSTGRES, port);
        }
    }

    /** Redis, or Valkey. {@code REDIS_URL} says where it is.
     *
     * @param port on loopback; null for 6379, or the next one that is free
     */
    record Redis(Integer port) implements Service {
        /** Throws {@link IllegalArgumentException}. */
        public Redis {
            checkPort(REDIS, port);
        }
    }

    /** A command of the preview's own.
     *
     * @param start stays in the foreground; has the spec's environment, and finds a directory for data in
     *     {@code DEDALUS_SERVICE_DATA}
     * @param port where it answers on loopback
     */
    record Command(String start, int port) implements Service {
        @Override
        public String toString() {
            return "Command[port=" + port + "]";
        }
    }

    /**
     * What a file or a form says of a service.
     *
     * @param settings texts by key; an empty map means the defaults
     * @throws IllegalArgumentException a sentence that names the service
     */
    static Service of(String name, Map<String, String> settings) {
        checkName(name);
        String at = "services." + name + ": ";
        List<String> allowed =
                switch (name) {
                    case POSTGRES -> List.of("database", "port");
                    case REDIS -> List.of("port");
                    default -> List.of("start", "port");
                };
        List<String> unknown = new ArrayList<>(settings.keySet());
        unknown.removeAll(allowed);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(at + "'" + unknown.get(0) + "' is no key of "
                    + (allowed.contains("start") ? "a service" : "this service, which is known here") + "; allowed: "
                    + String.join(", ", allowed) + ".");
        }
        String port = settings.get("port");
        Integer number = port == null || port.isBlank() ? null : Integer.valueOf(number(name, port.trim()));
        return switch (name) {
            case POSTGRES -> new Postgres(settings.get("database"), number);
            case REDIS -> new Redis(number);
            default -> {
                String start = settings.get("start");
                if (start == null || start.isBlank()) {
                    throw new IllegalArgumentException(
                            at + "start is missing: the command that stays in the foreground.");
                }
                if (number == null) {
                    throw new IllegalArgumentException(at + "port is missing: where the command answers.");
                }
                yield new Command(start, number);
            }
        };
    }

    /** Throws {@link IllegalArgumentException} unless a service may have this name. */
    static void checkName(String name) {
        if (name == null || !name.matches("[a-z]([a-z0-9]|-(?=[a-z0-9])){0,30}")) {
            throw new IllegalArgumentException("services: '" + name
                    + "' can't be a name; allowed are up to 31 lower-case letters, digits and single dashes.");
        }
    }

    private static int number(String name, String port) {
        int number = port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0;
        checkPort(name, number);
        return number;
    }

    private static void checkPort(String name, Integer port) {
        if (port != null && (port < 1 || port > 65_535)) {
            throw new IllegalArgumentException("services." + name + ": port must be a number from 1 to 65535.");
        }
    }
}
