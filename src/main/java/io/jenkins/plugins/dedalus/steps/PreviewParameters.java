package io.jenkins.plugins.dedalus.steps;

import hudson.Util;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The parameters of a preview's spec, named as there. Null means the default: the folder's, the global configuration's, or
 * the engine's. Values are checked when the step runs, all of them, and never here: an exception thrown by a setter would
 * quote the other parameters. Setters take plain maps, for the documentation of steps can't describe generic ones.
 */
@Restricted(NoExternalUse.class)
public abstract class PreviewParameters extends DedalusStep {
    private Double vcpu;
    private Integer memoryMib;
    private Integer storageGib;
    private String autosleep;
    private String ttl;
    private Integer port;
    private String protocol;
    private String visibility;
    private Map<String, Object> ports;
    private List<String> packages;
    private Map<String, Object> services;
    private String setup;
    private String deploy;
    private String start;
    private Map<String, Object> env;
    private Map<String, Object> secrets;
    private String healthPath;
    private String versionPath;
    private Map<String, Object> limits;
    private boolean repeatable;

    /** Virtual CPUs. */
    public Double getVcpu() {
        return vcpu;
    }

    /** Sets the virtual CPUs. */
    @DataBoundSetter
    public void setVcpu(Double value) {
        vcpu = value;
    }

    /** Memory in MiB. */
    public Integer getMemoryMib() {
        return memoryMib;
    }

    /** Sets the memory in MiB. */
    @DataBoundSetter
    public void setMemoryMib(Integer value) {
        memoryMib = value;
    }

    /** Storage in GiB. */
    public Integer getStorageGib() {
        return storageGib;
    }

    /** Sets the storage in GiB. */
    @DataBoundSetter
    public void setStorageGib(Integer value) {
        storageGib = value;
    }

    /** When the machine goes to sleep by itself. */
    public String getAutosleep() {
        return autosleep;
    }

    /** Sets autosleep, e.g. {@code 15m}. */
    @DataBoundSetter
    public void setAutosleep(String value) {
        autosleep = Util.fixEmptyAndTrim(value);
    }

    /** How long it stays when nobody looks at it or pushes. */
    public String getTtl() {
        return ttl;
    }

    /** Sets how long it stays when nobody looks, e.g. {@code 14d} or {@code never}. */
    @DataBoundSetter
    public void setTtl(String value) {
        ttl = Util.fixEmptyAndTrim(value);
    }

    /** The app's only port. */
    public Integer getPort() {
        return port;
    }

    /** Sets the app's only port. */
    @DataBoundSetter
    public void setPort(Integer value) {
        port = value;
    }

    /** What the app speaks: http or https. */
    public String getProtocol() {
        return protocol;
    }

    /** Sets what the app speaks. */
    @DataBoundSetter
    public void setProtocol(String value) {
        protocol = Util.fixEmptyAndTrim(value);
    }

    /** Who may open the Dedalus URL. */
    public String getVisibility() {
        return visibility;
    }

    /** Sets who may open the Dedalus URL: public, org or private. */
    @DataBoundSetter
    public void setVisibility(String value) {
        visibility = Util.fixEmptyAndTrim(value);
    }

    /** Several ports: name to number, or to a map of port, protocol and visibility. */
    public Map<String, Object> getPorts() {
        return copy(ports);
    }

    /** Sets several ports; the first is the main one. */
    @DataBoundSetter
    @SuppressWarnings("rawtypes")
    public void setPorts(Map value) {
        ports = copy(value);
    }

    /** Debian packages that the machine has before the code arrives. */
    public List<String> getPackages() {
        return packages;
    }

    /** Sets the packages, e.g. {@code ['nodejs', 'npm', 'postgresql']}. */
    @DataBoundSetter
    public void setPackages(List<String> value) {
        packages = value == null || value.isEmpty() ? null : Collections.unmodifiableList(new ArrayList<>(value));
    }

    /** What runs beside the app: name to a map of settings. */
    public Map<String, Object> getServices() {
        return copy(services);
    }

    /** Sets what runs beside the app, e.g. {@code [postgres: [database: 'app']]}. */
    @DataBoundSetter
    @SuppressWarnings("rawtypes")
    public void setServices(Map value) {
        Map<String, Object> given = copy(value);
        if (given == null) {
            services = null;
            return;
        }
        Map<String, Object> named = new LinkedHashMap<>();
        given.forEach((name, settings) -> named.put(name, settings(settings)));
        services = Collections.unmodifiableMap(named);
    }

    /** The snippet generator writes a map without entries as {@code []}, which is read as a list. */
    private static Object settings(Object given) {
        boolean none = given instanceof Collection<?> list && list.isEmpty();
        if (!none && !(given instanceof Map<?, ?>)) {
            return given;
        }
        Map<String, Object> named = none ? null : copy((Map<?, ?>) given);
        return named == null ? new LinkedHashMap<String, Object>() : named;
    }

    /** The script run once per machine. */
    public String getSetup() {
        return setup;
    }

    /** Sets the script run once per machine. */
    @DataBoundSetter
    public void setSetup(String value) {
        setup = Util.fixEmptyAndTrim(value);
    }

    /** The script run for each commit. */
    public String getDeploy() {
        return deploy;
    }

    /** Sets the script run for each commit. */
    @DataBoundSetter
    public void setDeploy(String value) {
        deploy = Util.fixEmptyAndTrim(value);
    }

    /** The foreground command that serves. */
    public String getStart() {
        return start;
    }

    /** Sets the foreground command that serves. */
    @DataBoundSetter
    public void setStart(String value) {
        start = Util.fixEmptyAndTrim(value);
    }

    /** The environment of scripts and app; every value is treated as a secret. */
    public Map<String, Object> getEnv() {
        return copy(env);
    }

    /** Sets the environment of scripts and app. */
    @DataBoundSetter
    @SuppressWarnings("rawtypes")
    public void setEnv(Map value) {
        env = copy(value);
    }

    /** Environment variables and the ids of the credentials that are their values. */
    public Map<String, Object> getSecrets() {
        return copy(secrets);
    }

    /** Sets variables whose values are credentials, e.g. {@code [DB_PASSWORD: 'shop-db']}. */
    @DataBoundSetter
    @SuppressWarnings("rawtypes")
    public void setSecrets(Map value) {
        secrets = copy(value);
    }

    /** The path whose answer means that the app serves. */
    public String getHealthPath() {
        return healthPath;
    }

    /** Sets the path whose answer means that the app serves. */
    @DataBoundSetter
    public void setHealthPath(String value) {
        healthPath = Util.fixEmptyAndTrim(value);
    }

    /** The path whose answer holds the commit. */
    public String getVersionPath() {
        return versionPath;
    }

    /** Sets the path whose answer holds the commit. */
    @DataBoundSetter
    public void setVersionPath(String value) {
        versionPath = Util.fixEmptyAndTrim(value);
    }

    /** How long each part may take. */
    public Map<String, Object> getLimits() {
        return copy(limits);
    }

    /**
     * Sets how long machine, source, setup, deploy, start and expose may take, and how long viewers wait (response, idle), e.g.
     * {@code [deploy: '40m', response: '20m']}.
     */
    @DataBoundSetter
    @SuppressWarnings("rawtypes")
    public void setLimits(Map value) {
        limits = copy(value);
    }

    /** Whether setup and deploy may run again if the platform lost them half-way. */
    public boolean isRepeatable() {
        return repeatable;
    }

    /** Sets whether setup and deploy may run again. */
    @DataBoundSetter
    public void setRepeatable(boolean value) {
        repeatable = value;
    }

    static Map<String, Object> copy(Map<?, ?> value) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        // Groovy may have put other keys into it than strings.
        Map<String, Object> named = new LinkedHashMap<>();
        value.forEach((key, each) -> named.put(String.valueOf(key), each));
        return Collections.unmodifiableMap(named);
    }
}
