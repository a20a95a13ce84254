package io.jenkins.plugins.dedalus.github;

import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a team wants to see on its pull requests.
 *
 * @param environment the deployments' environment
 * @param parts what is published
 * @param everyStatus whether every ready commit gets a commit status, not only those that need a person
 * @param logs whether the comment has the last lines of a failed build's log
 */
public record SurfaceSettings(String environment, Set<SurfacePart> parts, boolean everyStatus, boolean logs) {
    /** Everything, under the environment "Preview". */
    public static final SurfaceSettings DEFAULT = new SurfaceSettings(
            "Preview",
            Set.of(SurfacePart.DEPLOYMENT, SurfacePart.COMMENT, SurfacePart.STATUS, SurfacePart.ANSWER),
            false,
            true);

    public SurfaceSettings {
        parts = Set.copyOf(parts);
    }

    /** These, but for one part. */
    public SurfaceSettings without(SurfacePart part) {
        Set<SurfacePart> others = parts.stream().filter(each -> each != part).collect(Collectors.toSet());
        return new SurfaceSettings(environment, others, everyStatus, logs);
    }
}
