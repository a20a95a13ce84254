package io.jenkins.plugins.dedalus.config;

import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Item;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import hudson.security.PermissionScope;
import jenkins.model.Jenkins;

/**
 * Who may do what to the previews of a job. Seeing a preview, and opening its link (which wakes it), takes
 * {@link Item#READ}; the permissions here are for what goes beyond that.
 */
public final class DedalusPermissions {
    /** The group that the permissions are shown in. */
    public static final PermissionGroup GROUP =
            new PermissionGroup(DedalusPermissions.class, Messages._DedalusPermissions_group());

    /** Wake a preview's machine and put it to sleep. Whoever may build the job may. */
    public static final Permission WAKE =
            new Permission(GROUP, "Wake", Messages._DedalusPermissions_wake(), Item.BUILD, PermissionScope.ITEM);

    /** Rebuild a preview and take it down, which deletes its data. Whoever may configure the job may. */
    public static final Permission MANAGE = new Permission(
            GROUP, "Manage", Messages._DedalusPermissions_manage(), Item.CONFIGURE, PermissionScope.ITEM);

    /**
     * Serve previews as a standalone router: read the directory of all previews and ask about viewers. For a user of its own
     * whose API token the router has.
     */
    public static final Permission ROUTE = new Permission(
            GROUP, "Route", Messages._DedalusPermissions_route(), Jenkins.ADMINISTER, PermissionScope.JENKINS);

    private DedalusPermissions() {}

    /** Loads this class, so that authorization strategies know the permissions before they read their configuration. */
    @Initializer(before = InitMilestone.SYSTEM_CONFIG_LOADED)
    public static void register() {
        // Loading the class was it.
    }
}
