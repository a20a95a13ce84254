package io.jenkins.plugins.dedalus.scm;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import hudson.model.Run;
import hudson.security.ACL;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jenkins.plugins.git.AbstractGitSCMSource;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMRevision;
import jenkins.scm.api.SCMSource;
import jenkins.scm.api.mixin.ChangeRequestSCMHead2;

/** What can be told of any branch source; nearly nothing if it is none of git. */
final class GitChangeDetails implements ChangeDetails {
    private static final Pattern FULL_HASH = Pattern.compile("\\b(?:[0-9a-f]{64}|[0-9a-f]{40})\\b");

    @Override
    public boolean isOf(SCMSource source) {
        return true;
    }

    @Override
    public String cloneUrl(SCMSource source) {
        return source instanceof AbstractGitSCMSource git ? git.getRemote() : null;
    }

    @Override
    public String ref(SCMHead head) {
        return null;
    }

    @Override
    public String branch(SCMHead head) {
        return head instanceof ChangeRequestSCMHead2 change ? change.getOriginName() : head.getName();
    }

    /** Sources of other plugins have revisions of their own, whose text holds the hash. */
    @Override
    public String commit(SCMRevision revision) {
        if (revision instanceof AbstractGitSCMSource.SCMRevisionImpl git) {
            return git.getHash();
        }
        Matcher hash = FULL_HASH.matcher(String.valueOf(revision).toLowerCase(Locale.ROOT));
        return hash.find() ? hash.group() : null;
    }

    @Override
    public FetchToken fetchToken(Run<?, ?> run, SCMSource source) {
        String id = source instanceof AbstractGitSCMSource git ? git.getCredentialsId() : null;
        if (id == null) {
            return null;
        }
        StandardCredentials found = CredentialsMatchers.firstOrNull(
                CredentialsProvider.lookupCredentialsInItem(
                        StandardCredentials.class,
                        run.getParent(),
                        ACL.SYSTEM2,
                        URIRequirementBuilder.fromUri(cloneUrl(source)).build()),
                CredentialsMatchers.withId(id));
        FetchToken token = FetchToken.lasting(id, found);
        CredentialsProvider.track(run, found);
        return token;
    }
}
