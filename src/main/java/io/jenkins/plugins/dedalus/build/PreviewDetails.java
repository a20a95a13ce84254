package io.jenkins.plugins.dedalus.build;

import hudson.Extension;
import hudson.model.Run;
import java.util.List;
import jenkins.model.details.Detail;
import jenkins.model.details.DetailFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The previews that a build brought up, among the build page's details. */
@Extension
@Restricted(NoExternalUse.class)
public final class PreviewDetails extends DetailFactory<Run> {
    @Override
    public Class<Run> type() {
        return Run.class;
    }

    @Override
    public List<? extends Detail> createFor(Run target) {
        return PreviewAction.of((Run<?, ?>) target).stream()
                .map(action -> new PreviewDetail((Run<?, ?>) target, action))
                .toList();
    }

    /** One of them. */
    public static final class PreviewDetail extends Detail {
        private final PreviewAction action;

        private PreviewDetail(Run<?, ?> run, PreviewAction action) {
            super(run);
            this.action = action;
        }

        @Override
        public String getIconClassName() {
            return "symbol-planet-outline plugin-ionicons-api";
        }

        @Override
        public String getDisplayName() {
            return Messages.PreviewDetail_name(action.getLabel());
        }

        @Override
        public String getLink() {
            return PreviewCard.rootPath() + action.getOpenUrl();
        }
    }
}
