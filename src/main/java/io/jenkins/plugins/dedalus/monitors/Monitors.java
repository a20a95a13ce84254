package io.jenkins.plugins.dedalus.monitors;

import hudson.Extension;
import io.jenkins.plugins.dedalus.accounts.AccountEngine;
import io.jenkins.plugins.dedalus.accounts.ApiRefusal;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.accounts.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.config.Account;
import io.jenkins.plugins.dedalus.config.ApiCredentials;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.listener.ViewerListener;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jenkins.model.JenkinsLocationConfiguration;

/** The administrative monitors. */
public final class Monitors {
    private Monitors() {}

    private static DedalusGlobalConfiguration settings() {
        return DedalusGlobalConfiguration.get();
    }

    private static List<String> when(boolean wrong, String sentence) {
        return wrong ? List.of(sentence) : List.of();
    }

    /** The host of Jenkins' configured URL; empty while there is none. Never one a client could have forged. */
    private static Optional<String> jenkinsHost() {
        return Optional.ofNullable(JenkinsLocationConfiguration.get().getUrl())
                .map(url -> URI.create(url).getHost());
    }

    /** No credentials, or ones that are gone. */
    @Extension
    public static final class NoCredentials extends LookedUpMonitor {
        @Override
        public String getDisplayName() {
            return Messages.Monitors_noCredentials_name();
        }

        @Override
        List<String> lookUp() {
            List<String> sentences = new ArrayList<>();
            AccountEngine.unavailable(Account.GLOBAL).ifPresent(sentences::add);
            String viewerKey = settings().getViewerKeyCredentialsId();
            if (viewerKey != null && ApiCredentials.find(viewerKey, null).isEmpty()) {
                sentences.add(Messages.Monitors_viewerKey(viewerKey));
            }
            return sentences;
        }
    }

    /** Hand-overs and links need Jenkins' own URL. */
    @Extension
    public static final class NoJenkinsUrl extends DedalusMonitor {
        @Override
        public String getDisplayName() {
            return Messages.Monitors_jenkinsUrl_name();
        }

        @Override
        public List<String> getSentences() {
            boolean used = settings().getCredentialsId() != null || settings().getPublicUrl() != null;
            return when(used && jenkinsHost().isEmpty(), Messages.Monitors_jenkinsUrl());
        }
    }

    /** Code of change requests on Jenkins' own site. */
    @Extension
    public static final class SharedSite extends DedalusMonitor {
        @Override
        public String getDisplayName() {
            return Messages.Monitors_sharedSite_name();
        }

        @Override
        public boolean isSecurity() {
            return true;
        }

        @Override
        public List<String> getSentences() {
            String pattern = settings().getPublicUrl();
            if (pattern == null || jenkinsHost().isEmpty()) {
                return List.of();
            }
            String jenkins = jenkinsHost().get();
            String domain = HostPattern.parse(pattern).domain();
            if (Sites.within(jenkins, domain)) {
                return List.of(Messages.Monitors_sameHost(domain, jenkins));
            }
            return when(Sites.same(jenkins, domain), Messages.Monitors_sharedSite(domain, jenkins));
        }
    }

    /** Protected access whose cookies travel in the clear, if browsers keep them at all. */
    @Extension
    public static final class NoHttps extends DedalusMonitor {
        @Override
        public String getDisplayName() {
            return Messages.Monitors_https_name();
        }

        @Override
        public boolean isSecurity() {
            return true;
        }

        @Override
        public List<String> getSentences() {
            String pattern = settings().getPublicUrl();
            boolean guarded =
                    !DedalusGlobalConfiguration.DEFAULT_ACCESS.equals(settings().getViewerAccess());
            return when(
                    guarded && pattern != null && !HostPattern.parse(pattern).trustworthy(), Messages.Monitors_https());
        }
    }

    /** The API refuses us. */
    @Extension
    public static final class Refused extends DedalusMonitor {
        @Override
        public String getDisplayName() {
            return Messages.Monitors_refused_name();
        }

        @Override
        public List<String> getSentences() {
            return accounts()
                    .flatMap(engine -> engine.signer().refusal().stream())
                    .map(ApiRefusal::sentence)
                    .toList();
        }
    }

    /** Previews that can't be looked after: the ledger, missing accounts, the listener. */
    @Extension
    public static final class Trouble extends LookedUpMonitor {
        @Override
        public String getDisplayName() {
            return Messages.Monitors_trouble_name();
        }

        @Override
        List<String> lookUp() {
            List<String> sentences = new ArrayList<>(PreviewEngines.get().problems());
            ViewerListener.get().listener().problem().ifPresent(sentences::add);
            accounts()
                    .filter(engine -> !engine.account().isGlobal())
                    .filter(engine -> !engine.ledger().list().isEmpty())
                    .filter(engine -> ApiCredentials.find(engine.account()).isEmpty())
                    .map(Trouble::orphaned)
                    .forEach(sentences::add);
            return sentences.stream().distinct().toList();
        }

        private static String orphaned(AccountEngine engine) {
            List<String> ids = engine.ledger().list().stream()
                    .map(PreviewRecord::key)
                    .map(key -> key.id())
                    .toList();
            return Messages.Monitors_orphaned(engine.account(), ids.size(), String.join(", ", ids));
        }
    }

    private static Stream<AccountEngine> accounts() {
        try {
            return PreviewEngines.get().accounts().stream();
        } catch (PreviewsUnavailableException e) {
            // Trouble tells of it.
            return Stream.empty();
        }
    }
}
