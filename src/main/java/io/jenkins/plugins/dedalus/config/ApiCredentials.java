package io.jenkins.plugins.dedalus.config;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * Finds Secret text credentials by id without any build: previews are looked after when none runs. So what only exists for
 * a user or for a build is never found.
 */
public final class ApiCredentials {
    private ApiCredentials() {}

    /** Finds credentials that the folder {@code context} can see; null for those of Jenkins itself. */
    public static Optional<StringCredentials> find(String id, Item context) {
        if (id == null) {
            return Optional.empty();
        }
        List<StringCredentials> all = context == null
                ? CredentialsProvider.lookupCredentialsInItemGroup(
                        StringCredentials.class, Jenkins.get(), ACL.SYSTEM2, requirements())
                : CredentialsProvider.lookupCredentialsInItem(
                        StringCredentials.class, context, ACL.SYSTEM2, requirements());
        return all.stream()
                .filter(c -> c.getScope() != CredentialsScope.USER)
                .filter(c -> id.equals(c.getId()))
                .findFirst();
    }

    /** Finds an account's own credentials; empty when they, or their folder, are gone. */
    public static Optional<StringCredentials> find(Account account) {
        if (account.isGlobal()) {
            return find(DedalusGlobalConfiguration.get().getCredentialsId(), null);
        }
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Item folder = Jenkins.get().getItemByFullName(account.context());
            return folder == null ? Optional.empty() : find(account.credentialsId(), folder);
        }
    }

    /** Notes on the credentials that a build used them. */
    public static void track(Run<?, ?> run, Account account) {
        find(account).ifPresent(credentials -> CredentialsProvider.track(run, credentials));
    }

    /** For a select: the credentials, or just the current value for those who may not see more. */
    static ListBoxModel list(Item context, String current, String none) {
        StandardListBoxModel model = new StandardListBoxModel();
        boolean allowed = context == null
                ? Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                : context.hasPermission(Item.EXTENDED_READ) || context.hasPermission(CredentialsProvider.USE_ITEM);
        if (!allowed) {
            return model.includeCurrentValue(Util.fixNull(current));
        }
        model.add(none, "");
        if (context == null) {
            model.includeMatchingAs(
                    ACL.SYSTEM2, Jenkins.get(), StringCredentials.class, requirements(), CredentialsMatchers.always());
        } else {
            model.includeMatchingAs(
                    ACL.SYSTEM2, context, StringCredentials.class, requirements(), CredentialsMatchers.always());
        }
        return model.includeCurrentValue(Util.fixNull(current));
    }

    /** For a form: whether such credentials exist. The caller has checked the permission. */
    static FormValidation check(Item context, String field, String value) {
        FormValidation form = SettingChecks.form(() -> String.valueOf(SettingChecks.credentialsId(field, value)));
        String id = Util.fixEmptyAndTrim(value);
        if (form.kind != FormValidation.Kind.OK || id == null) {
            return form;
        }
        return find(id, context).isPresent() ? form : FormValidation.error(Messages.ApiCredentials_missing(id));
    }

    private static List<DomainRequirement> requirements() {
        return URIRequirementBuilder.fromUri(DedalusGlobalConfiguration.get().getApiUrl())
                .build();
    }
}
