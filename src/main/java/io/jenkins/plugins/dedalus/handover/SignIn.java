package io.jenkins.plugins.dedalus.handover;

import hudson.model.Item;
import hudson.security.ACL;
import hudson.security.AccessDeniedException3;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/** Where an answer must not tell whether something exists. */
public final class SignIn {
    private SignIn() {}

    /** Sends whoever isn't signed in to do so; returns if the user is. */
    public static void askTheAnonymous() {
        Authentication viewer = Jenkins.getAuthentication2();
        if (ACL.isAnonymous2(viewer)) {
            throw new AccessDeniedException3(viewer, Item.READ);
        }
    }
}
