package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.model.Item;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.config.PreviewDefaults;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A spec as an execution keeps it: defaults are settled when the step begins, whatever is configured before it ends. */
final class SavedSpec implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Set<String> LIMITS = Set.of("machine", "source", "setup", "deploy", "start", "expose");
    /** Of these 0 stands for any time. */
    private static final Set<String> ANSWERS = Set.of("response", "idle");

    private final double vcpu;
    private final int memoryMib;
    private final int storageGib;
    private final String autosleep;
    private final Duration ttl;
    private final LinkedHashMap<String, SavedPort> ports = new LinkedHashMap<>();
    private final SavedServices services;
    private final String setup;
    private final String deploy;
    private final String start;
    private final String healthPath;
    private final String versionPath;
    private final HashMap<String, Duration> limits;
    private final boolean repeatable;

    private SavedSpec(PreviewSpec spec, SavedServices services, HashMap<String, Duration> limits) {
        this.services = services;
        vcpu = spec.vcpu();
        memoryMib = spec.memoryMib();
        storageGib = spec.storageGib();
        autosleep = spec.autosleep().format();
        ttl = spec.ttl();
        spec.ports().forEach((name, port) -> ports.put(name, SavedPort.of(port)));
        setup = spec.setup();
        deploy = spec.deploy();
        start = spec.start();
        healthPath = spec.healthPath();
        versionPath = spec.versionPath();
        repeatable = spec.repeatable();
        this.limits = limits;
    }

    /** Settles a step's parameters; throws with a sentence that names the field and what is allowed. */
    static SavedSpec of(PreviewParameters step, Item job) throws AbortException {
        HashMap<String, Duration> limits = limits(step.getLimits());
        SavedServices services = SavedServices.of(step);
        try {
            PreviewSpec.Builder spec = PreviewDefaults.specFor(job);
            sizes(step, spec);
            ports(step, spec);
            services.addTo(spec);
            spec.setup(step.getSetup())
                    .deploy(step.getDeploy())
                    .start(step.getStart())
                    .versionPath(step.getVersionPath())
                    .repeatable(step.isRepeatable())
                    .limits(times(limits));
            if (step.getHealthPath() != null) {
                spec.healthPath(step.getHealthPath());
            }
            return new SavedSpec(spec.build(), services, limits);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw (AbortException) new AbortException(e.getMessage()).initCause(e);
        }
    }

    private static void sizes(PreviewParameters step, PreviewSpec.Builder spec) {
        if (step.getVcpu() != null) {
            spec.vcpu(step.getVcpu());
        }
        if (step.getMemoryMib() != null) {
            spec.memoryMib(step.getMemoryMib());
        }
        if (step.getStorageGib() != null) {
            spec.storageGib(step.getStorageGib());
        }
        if (step.getAutosleep() != null) {
            spec.autosleep(step.getAutosleep());
        }
        if (step.getTtl() != null) {
            spec.ttl(PreviewSpec.parseTtl(step.getTtl()));
        }
    }

    private static void ports(PreviewParameters step, PreviewSpec.Builder spec) throws AbortException {
        if (step.getPort() != null && step.getPorts() != null) {
            throw new AbortException(Messages.SavedSpec_portAndPorts());
        }
        if (step.getProtocol() != null) {
            spec.protocol(SavedPort.protocol(step.getProtocol()));
        }
        if (step.getVisibility() != null) {
            spec.visibility(SavedPort.visibility(step.getVisibility()));
        }
        if (step.getPort() != null) {
            spec.port(step.getPort());
        }
        if (step.getPorts() != null) {
            // The default visibility is only known by what a spec without named ports gets.
            PreviewSpec single = spec.build();
            Protocol protocol = single.mainPort().protocol();
            Visibility visibility = single.mainPort().visibility();
            for (Map.Entry<String, Object> port : step.getPorts().entrySet()) {
                spec.port(
                        port.getKey(),
                        SavedPort.read(port.getKey(), port.getValue(), protocol, visibility)
                                .spec());
            }
        }
    }

    private static HashMap<String, Duration> limits(Map<String, Object> given) throws AbortException {
        HashMap<String, Duration> limits = new HashMap<>();
        if (given != null) {
            for (Map.Entry<String, Object> limit : given.entrySet()) {
                String name = limit.getKey();
                String field = "limits." + name;
                if (ANSWERS.contains(name)) {
                    limits.put(name, Texts.grace(field, Objects.toString(limit.getValue(), null)));
                } else if (LIMITS.contains(name)) {
                    limits.put(name, Texts.duration(field, limit.getValue()));
                } else {
                    throw new AbortException(Messages.SavedSpec_limits(name));
                }
            }
        }
        return limits;
    }

    private static TimeLimits times(Map<String, Duration> limits) {
        return new TimeLimits(
                limits.get("machine"),
                limits.get("source"),
                limits.get("setup"),
                limits.get("deploy"),
                limits.get("start"),
                limits.get("expose"),
                new TimeLimits.Answers(limits.get("response"), limits.get("idle")));
    }

    PreviewSpec spec() {
        PreviewSpec.Builder spec = PreviewSpec.builder()
                .vcpu(vcpu)
                .memoryMib(memoryMib)
                .storageGib(storageGib)
                .autosleep(autosleep)
                .ttl(ttl)
                .setup(setup)
                .deploy(deploy)
                .start(start)
                .healthPath(healthPath)
                .versionPath(versionPath)
                .limits(times(limits))
                .repeatable(repeatable);
        ports.forEach((name, port) -> spec.port(name, port.spec()));
        services.addTo(spec);
        return spec.build();
    }
}
