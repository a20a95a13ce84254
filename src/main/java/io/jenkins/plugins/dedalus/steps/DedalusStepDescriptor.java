package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.model.Run;
import hudson.model.TaskListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.StaplerRequest2;

/** Says in sentences what is wrong with a step's parameters, before anything could quote their values. */
@Restricted(NoExternalUse.class)
public abstract class DedalusStepDescriptor extends StepDescriptor {
    /** Parameters that are maps in a Jenkinsfile and lines of text in a form. */
    private static final List<String> MAPS = List.of("ports", "env", "secrets", "limits");

    private static final String SOLE = UninstantiatedDescribable.ANONYMOUS_KEY;

    private final String function;
    private final String displayName;

    DedalusStepDescriptor(String function, String displayName) {
        this.function = function;
        this.displayName = displayName;
    }

    @Override
    public String getFunctionName() {
        return function;
    }

    @Override
    public String getDisplayName() {
        return displayName;
    }

    @Override
    public Set<? extends Class<?>> getRequiredContext() {
        return Set.of(Run.class, TaskListener.class);
    }

    /** Scripts and environments are nobody's business outside of the build. */
    @Override
    public String argumentsToString(Map<String, Object> namedArgs) {
        Object name = namedArgs.get("name");
        return name == null ? null : name.toString();
    }

    @Override
    @SuppressWarnings("deprecation") // The replacement can't refuse anything in a sentence.
    public Step newInstance(Map<String, Object> arguments) throws Exception {
        Map<String, DescribableParameter> known = new LinkedHashMap<>();
        DescribableModel.of(clazz).getParameters().forEach(parameter -> known.put(parameter.getName(), parameter));
        Map<String, Object> checked = new LinkedHashMap<>();
        for (Map.Entry<String, Object> argument : arguments.entrySet()) {
            String name = argument.getKey();
            if (SOLE.equals(name)) {
                checked.put(name, argument.getValue());
            } else if (known.containsKey(name)) {
                checked.put(name, convert(name, known.get(name), argument.getValue()));
            } else {
                throw new AbortException(Messages.DedalusStepDescriptor_unknown(
                        function, name, known.keySet().stream().sorted().collect(Collectors.joining(", "))));
            }
        }
        return super.newInstance(checked);
    }

    private static Object convert(String name, DescribableParameter parameter, Object value) throws AbortException {
        Class<?> type = parameter.getErasedType();
        if (value == null || type.isInstance(value)) {
            return value;
        }
        if (type == Map.class) {
            throw new AbortException(Messages.DedalusStepDescriptor_map(name, example(name)));
        }
        if (List.class.isAssignableFrom(type)) {
            throw new AbortException(Messages.DedalusStepDescriptor_list(name));
        }
        return type == String.class ? String.valueOf(value) : scalar(name, type, String.valueOf(value));
    }

    private static Object scalar(String name, Class<?> type, String text) throws AbortException {
        try {
            if (type == Integer.class) {
                return Integer.valueOf(text.trim());
            }
            if (type == Double.class) {
                return Double.valueOf(text.trim());
            }
        } catch (NumberFormatException e) {
            throw (AbortException) new AbortException(Messages.DedalusStepDescriptor_number(name, text)).initCause(e);
        }
        if ("true".equals(text) || "false".equals(text)) {
            return Boolean.valueOf(text);
        }
        throw new AbortException(Messages.DedalusStepDescriptor_truth(name, text));
    }

    private static String example(String name) {
        return switch (name) {
            case "ports" -> "[web: 3000, admin: 4000]";
            case "services" -> "[postgres: [database: 'app']]";
            case "limits" -> "[deploy: '40m']";
            case "secrets" -> "[NAME: 'credentials-id']";
            default -> "[NAME: 'value']";
        };
    }

    /** From the snippet generator's form: there, maps are lines of text. */
    @Override
    public Step newInstance(StaplerRequest2 req, JSONObject formData) throws FormException {
        Map<String, Map<String, Object>> maps = new LinkedHashMap<>();
        for (String name : MAPS) {
            if (formData.has(name)) {
                maps.put(name, Texts.lines(String.valueOf(formData.remove(name))));
            }
        }
        String packages = formData.has("packages") ? String.valueOf(formData.remove("packages")) : "";
        String services = formData.has("services") ? String.valueOf(formData.remove("services")) : "";
        Step step = super.newInstance(req, formData);
        if (step instanceof PreviewParameters preview) {
            preview.setPackages(SavedServices.words(packages));
            preview.setServices(SavedServices.read(services));
            preview.setPorts(maps.get("ports"));
            preview.setEnv(maps.get("env"));
            preview.setSecrets(maps.get("secrets"));
            preview.setLimits(maps.get("limits"));
        } else if (step instanceof DedalusExecStep exec) {
            exec.setEnv(maps.get("env"));
            exec.setSecrets(maps.get("secrets"));
        }
        return step;
    }

    /** For forms: services as lines of text. */
    public static String services(Map<String, Object> services) {
        return SavedServices.text(services);
    }

    /** For forms: names with spaces between them. */
    public static String words(List<String> names) {
        return names == null ? "" : String.join(" ", names);
    }

    /** For forms: a map as lines of text. */
    public static String lines(Map<String, Object> map) {
        return Texts.text(map);
    }
}
