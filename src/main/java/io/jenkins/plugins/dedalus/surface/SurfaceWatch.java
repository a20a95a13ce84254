package io.jenkins.plugins.dedalus.surface;

import hudson.Extension;
import hudson.model.Run;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.dedalus.accounts.PreviewListener;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.scm.ChangeFinder;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import io.jenkins.plugins.dedalus.scm.ChangeSurface;
import io.jenkins.plugins.dedalus.scm.FoundChange;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Has the surfaces look whenever something that people are shown may have changed. */
@Restricted(NoExternalUse.class)
public final class SurfaceWatch {
    private SurfaceWatch() {}

    /** Follows the ledgers. */
    @Extension
    public static final class Records implements PreviewListener {
        @Override
        public void changed(PreviewRecord before, PreviewRecord after) {
            if (before == null || after == null || !looksTheSame(before, after)) {
                ChangeSurface.lookAt(ChangeRef.of((after == null ? before : after).key()), null);
            }
        }

        private static boolean looksTheSame(PreviewRecord before, PreviewRecord after) {
            return before.state() == after.state()
                    && Objects.equals(before.commit(), after.commit())
                    && Objects.equals(before.change(), after.change())
                    && Objects.equals(before.problem(), after.problem())
                    && Objects.equals(before.closing(), after.closing())
                    && before.down() == after.down()
                    && told(before).equals(told(after))
                    && before.ports().equals(after.ports());
        }
    }

    /** When it ends, while that is soon. */
    private static Optional<Instant> told(PreviewRecord record) {
        return record.lifetime().announced()
                ? Optional.ofNullable(record.lifetime().expiresAt())
                : Optional.empty();
    }

    /** Follows builds: a fork's commit that waits for an approval has no record, and a failed build's log ends with it. */
    @Extension
    public static final class Builds extends RunListener<Run<?, ?>> {
        @Override
        public void onFinalized(Run<?, ?> run) {
            if (!ChangeReader.cares(run)) {
                return;
            }
            FoundChange found = ChangeFinder.of(run);
            if (found.repository() != null && found.change().changeId() != null) {
                ChangeRef change = new ChangeRef(
                        io.jenkins.plugins.dedalus.preview.model.PreviewKey.normaliseRepository(found.repository()),
                        found.change().changeId());
                ChangeSurface.lookAt(change, run.getParent().getParent().getFullName());
            }
        }
    }
}
