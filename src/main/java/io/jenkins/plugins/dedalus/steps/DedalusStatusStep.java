package io.jenkins.plugins.dedalus.steps;

import hudson.Extension;
import io.jenkins.plugins.dedalus.preview.PreviewView;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code dedalusStatus}: tells how a preview and its machine are, without waking it. */
@Restricted(NoExternalUse.class)
public class DedalusStatusStep extends DedalusStep {
    /** Everything is optional. */
    @DataBoundConstructor
    public DedalusStatusStep() {
        // Parameters come by setters.
    }

    @Override
    public StepExecution start(StepContext context) throws Exception {
        return new Execution(context, this);
    }

    private static final class Execution extends ShortExecution {
        private static final long serialVersionUID = 1L;

        Execution(StepContext context, DedalusStep step) throws IOException, InterruptedException {
            super(context, step);
        }

        @Override
        CompletableFuture<?> work() throws IOException, InterruptedException {
            return lifecycle().view(key()).thenApply(Execution::told);
        }

        private static Map<String, Object> told(Optional<PreviewView> view) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put(
                    "state",
                    view.map(seen -> seen.record().state().name().toLowerCase(Locale.ROOT))
                            .orElse("none"));
            result.put(
                    "phase",
                    view.map(PreviewView::phase).map(phase -> phase.value()).orElse(null));
            view.map(PreviewView::record).ifPresent(record -> {
                result.putAll(PreviewResult.of(record, true));
                result.remove("reused");
                result.put("problem", record.problem());
                result.put(
                        "deleteAt",
                        record.closing() == null
                                ? null
                                : record.closing().deleteAt().toString());
            });
            return result;
        }

        @Override
        public String getStatus() {
            return Messages.DedalusStatusStep_reading(key().id());
        }
    }

    /** Makes the step known. */
    @Extension
    public static final class DescriptorImpl extends DedalusStepDescriptor {
        /** Made by Jenkins. */
        public DescriptorImpl() {
            super("dedalusStatus", Messages.DedalusStatusStep_displayName());
        }
    }
}
