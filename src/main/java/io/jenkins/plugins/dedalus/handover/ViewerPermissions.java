package io.jenkins.plugins.dedalus.handover;

import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.view.ReadAccess;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** Whether somebody who isn't here now may view a preview host: asked of Jenkins as that user, each time anew. */
final class ViewerPermissions {
    private ViewerPermissions() {}

    /** The id under which a viewer is remembered: the user's, or empty for anonymous. */
    static String idOf(Authentication viewer) {
        return ACL.isAnonymous2(viewer) ? "" : viewer.getName();
    }

    /** Whether this viewer may see the preview of this host now. False also for users that Jenkins knows no more. */
    static boolean mayView(String viewerId, String host) {
        Optional<Authentication> viewer = authentication(viewerId);
        if (viewer.isEmpty()) {
            return false;
        }
        Optional<PreviewHosts.Hosted> hosted = PreviewHosts.now().flatMap(hosts -> hosts.find(host));
        try (ACLContext ignored = ACL.as2(viewer.get())) {
            return hosted.map(each -> ReadAccess.maySee(each.record())).orElse(false);
        }
    }

    private static Optional<Authentication> authentication(String viewerId) {
        if (viewerId.isEmpty()) {
            return Optional.of(Jenkins.ANONYMOUS2);
        }
        User user = User.getById(viewerId, false);
        if (user == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(user.impersonate2());
        } catch (UsernameNotFoundException e) {
            return Optional.empty();
        }
    }
}
