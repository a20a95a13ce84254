package io.jenkins.plugins.dedalus.config;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import hudson.security.ACL;
import hudson.security.ACLContext;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * How many machines there may be within a folder or in all of Jenkins, as it is configured now.
 *
 * @param folder the full name; null for all of Jenkins
 * @param most the largest number of machines, at least 1
 */
@Restricted(NoExternalUse.class)
public record MachineCap(String folder, int most) {
    /** Those around a job or folder, the innermost first. A folder may allow less than what surrounds it, never more. */
    public static List<MachineCap> around(String fullName) {
        List<MachineCap> caps = new ArrayList<>();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            for (int end = fullName.lastIndexOf('/'); end > 0; end = fullName.lastIndexOf('/', end - 1)) {
                String name = fullName.substring(0, end);
                AbstractFolder<?> folder = Jenkins.get().getItemByFullName(name, AbstractFolder.class);
                DedalusFolderProperty property =
                        folder == null ? null : folder.getProperties().get(DedalusFolderProperty.class);
                if (property != null && property.getMaxMachines() != null) {
                    caps.add(new MachineCap(name, property.getMaxMachines()));
                }
            }
        }
        int all = DedalusGlobalConfiguration.get().getMaxMachines();
        if (all > 0) {
            caps.add(new MachineCap(null, all));
        }
        return caps;
    }

    /** The least that anything around a job or folder allows; empty if nothing limits it. */
    public static OptionalInt leastAround(String fullName) {
        return around(fullName).stream().mapToInt(MachineCap::most).min();
    }

    /** Whether this counts a job's machines. */
    public boolean covers(String fullName) {
        return folder == null || (fullName + "/").startsWith(folder + "/");
    }
}
