package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.Util;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.Service;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The packages and services of a preview, as an execution keeps them and as forms write them. */
final class SavedServices implements Serializable {
    private static final long serialVersionUID = 1L;

    private final ArrayList<String> packages = new ArrayList<>();
    private final LinkedHashMap<String, LinkedHashMap<String, String>> services = new LinkedHashMap<>();

    /** Takes them over as they are given; throws a sentence where a service is no map. */
    static SavedServices of(PreviewParameters step) throws AbortException {
        SavedServices saved = new SavedServices();
        List<String> names = step.getPackages();
        if (names != null) {
            saved.packages.addAll(names);
        }
        Map<String, Object> given = step.getServices();
        if (given != null) {
            for (Map.Entry<String, Object> service : given.entrySet()) {
                if (!(service.getValue() instanceof Map<?, ?> settings)) {
                    throw new AbortException(Messages.SavedServices_map(service.getKey()));
                }
                LinkedHashMap<String, String> texts = new LinkedHashMap<>();
                settings.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
                saved.services.put(service.getKey(), texts);
            }
        }
        return saved;
    }

    /** Adds them to a spec; throws {@link IllegalArgumentException} with a sentence. */
    void addTo(PreviewSpec.Builder spec) {
        spec.packages(packages);
        services.forEach((name, settings) -> spec.service(name, Service.of(name, settings)));
    }

    /** For a form: a line of {@code name.key=value} for each setting, and of {@code name} for a service without. */
    static String text(Map<String, Object> services) {
        StringBuilder out = new StringBuilder();
        if (services != null) {
            services.forEach((name, value) -> {
                if (value instanceof Map<?, ?> settings && !settings.isEmpty()) {
                    settings.forEach((key, each) -> out.append(name)
                            .append('.')
                            .append(key)
                            .append('=')
                            .append(each)
                            .append('\n'));
                } else {
                    out.append(name).append('\n');
                }
            });
        }
        return out.toString();
    }

    /** The opposite of {@link #text}. */
    static Map<String, Object> read(String text) {
        Map<String, Object> services = new LinkedHashMap<>();
        Texts.lines(text).forEach((name, value) -> {
            int dot = name.indexOf('.');
            Map<String, Object> settings = settings(services, dot < 0 ? name : name.substring(0, dot));
            if (dot >= 0) {
                settings.put(name.substring(dot + 1), value);
            }
        });
        return services;
    }

    @SuppressWarnings("unchecked") // Only this class puts maps into it.
    private static Map<String, Object> settings(Map<String, Object> services, String name) {
        return (Map<String, Object>) services.computeIfAbsent(name, each -> new LinkedHashMap<String, Object>());
    }

    /** Names between spaces, commas or line ends; null for none. */
    static List<String> words(String text) {
        String trimmed = Util.fixEmptyAndTrim(text);
        return trimmed == null ? null : List.of(trimmed.split("[\\s,]+"));
    }
}
