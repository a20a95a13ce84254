package io.jenkins.plugins.dedalus.emulator.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.jenkins.plugins.dedalus.client.model.Durations;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfigBuilder;
import io.jenkins.plugins.dedalus.emulator.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The emulator's settings as a config file (YAML or JSON) and the command line give them: all optional, the command line
 * wins. Durations are {@code 250ms}, {@code 15s}, {@code 5m} or {@code 2h}.
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record ConfigFile(
        Integer port,
        String state,
        String apiKey,
        String organizationId,
        Integer generation,
        String namespaces,
        String packages,
        String plan,
        Integer machineQuota,
        String defaultAutosleep,
        String bootDelay,
        String wakeDelay,
        String wakeJitter,
        String wakeAnswerWithin,
        String sleepDelay,
        String holdWindow,
        String previewDelay,
        Boolean namedHosts,
        Integer rateLimit,
        Boolean sleepForbidden,
        Boolean olderRoutes,
        List<Fault> faults) {
    private static final int FREE = 5;
    private static final int NEXT = 20;
    private static final ObjectMapper YAML = new YAMLMapper();

    /** Reads a file. Throws {@link IllegalArgumentException} with a sentence. */
    static ConfigFile read(Path file) {
        try {
            return file == null
                    ? YAML.readValue("{}", ConfigFile.class)
                    : YAML.readValue(Files.readString(file), ConfigFile.class);
        } catch (UnrecognizedPropertyException e) {
            throw new IllegalArgumentException(
                    "The config file " + file + ": there is no setting '" + e.getPropertyName() + "'; allowed are "
                            + String.join(
                                    ", ",
                                    new TreeSet<>(e.getKnownPropertyIds().stream()
                                            .map(Object::toString)
                                            .toList()))
                            + ".",
                    e);
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
            throw new IllegalArgumentException("The config file " + file + where + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("The config file " + file + " can't be read: " + e.getMessage(), e);
        }
    }

    /** These settings, replaced by others where those say something. */
    ConfigFile overriddenBy(ConfigFile other) {
        try {
            JsonNode mine = YAML.valueToTree(this);
            return YAML.treeToValue(
                    YAML.readerForUpdating(mine).readTree(YAML.writeValueAsString(other)), ConfigFile.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Settings that were read can't be written", e);
        }
    }

    /** The configuration. Throws {@link IllegalArgumentException} with a sentence. */
    EmulatorConfig configuration() {
        EmulatorConfigBuilder builder = EmulatorConfig.builder();
        set(port, builder::port);
        set(state, value -> builder.state(Path.of(value)));
        set(apiKey, builder::apiKey);
        set(organizationId, builder::organizationId);
        set(generation, builder::generation);
        set(namespaces, value -> builder.isolation(isolation(value)));
        set(packages, value -> builder.packages(Path.of(value)));
        set(plan, value -> builder.machineQuota(quota(value)));
        set(machineQuota, builder::machineQuota);
        set(
                defaultAutosleep,
                value -> builder.defaultAutosleep(
                        value.equals("never") ? Duration.ZERO : duration("default_autosleep", value)));
        set(bootDelay, value -> builder.bootDelay(duration("boot_delay", value)));
        set(wakeDelay, value -> builder.wakeDelay(duration("wake_delay", value)));
        set(wakeJitter, value -> builder.wakeJitter(duration("wake_jitter", value)));
        set(wakeAnswerWithin, value -> builder.wakeAnswerWithin(duration("wake_answer_within", value)));
        set(sleepDelay, value -> builder.sleepDelay(duration("sleep_delay", value)));
        set(holdWindow, value -> builder.holdWindow(duration("hold_window", value)));
        set(previewDelay, value -> builder.previewDelay(duration("preview_delay", value)));
        set(namedHosts, builder::namedHosts);
        set(rateLimit, builder::rateLimit);
        set(sleepForbidden, builder::sleepForbidden);
        set(olderRoutes, builder::olderRoutes);
        set(faults, all -> all.forEach(builder::fault));
        return builder.build();
    }

    private static <T> void set(T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    private static EmulatorConfig.Isolation isolation(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "auto", "true" -> EmulatorConfig.Isolation.AUTO;
            case "off", "false" -> EmulatorConfig.Isolation.OFF;
            case "required" -> EmulatorConfig.Isolation.NAMESPACES;
            default ->
                throw new IllegalArgumentException(
                        "namespaces is '" + value + "'; allowed are auto, off and required.");
        };
    }

    private static int quota(String value) {
        return switch (value) {
            case "free" -> FREE;
            case "next" -> NEXT;
            default -> throw new IllegalArgumentException("plan is '" + value + "'; allowed are free and next.");
        };
    }

    static Duration duration(String name, String value) {
        return Durations.parse(value)
                .orElseThrow(() -> new IllegalArgumentException(
                        name + " is '" + value + "'; allowed are durations such as 250ms, 15s, 5m and 2h."));
    }

    @Override
    public String toString() {
        return "ConfigFile[port " + port + ", generation " + generation + "]";
    }
}
