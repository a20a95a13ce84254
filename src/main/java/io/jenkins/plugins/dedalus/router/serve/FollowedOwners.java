package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.access.Authority;
import io.jenkins.plugins.dedalus.proxy.access.OwnersAuthority;
import io.jenkins.plugins.dedalus.proxy.access.revocation.FollowedRevocations;
import io.jenkins.plugins.dedalus.proxy.access.revocation.Revocations;
import io.jenkins.plugins.dedalus.proxy.directory.ListOwner;
import io.jenkins.plugins.dedalus.proxy.directory.MergedDirectory;
import io.jenkins.plugins.dedalus.proxy.directory.OwnerDirectory;
import io.jenkins.plugins.dedalus.proxy.directory.OwnerDomains;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import io.jenkins.plugins.dedalus.router.config.RouterConfig.Owner;
import io.jenkins.plugins.dedalus.router.config.RouterConfig.OwnerKind;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The previews of one or several Jenkins controllers and routers. */
final class FollowedOwners implements Followed {
    private final RouterConfig config;
    private final EngineScheduler scheduler;
    private final Map<OwnerDirectory, Owner> owners = new LinkedHashMap<>();
    private final MergedDirectory directory;

    FollowedOwners(RouterConfig config, EngineScheduler scheduler, Clock clock) {
        this.config = config;
        this.scheduler = scheduler;
        List<Owner> named = config.directory().owners();
        OwnerDomains domains =
                new OwnerDomains(named.stream().map(Owner::domains).toList());
        for (int i = 0; i < named.size(); i++) {
            Owner owner = named.get(i);
            owners.put(
                    new OwnerDirectory(
                            (owner.kind() == OwnerKind.JENKINS
                                            ? ListOwner.jenkins(owner.url())
                                            : ListOwner.router(owner.url()))
                                    .within(domains.of(i)),
                            token(owner),
                            config.access().mode(),
                            scheduler,
                            config.directory().poll(),
                            copy(owner),
                            clock),
                    owner);
        }
        directory = new MergedDirectory(List.copyOf(owners.keySet()));
    }

    private static String token(Owner owner) {
        return SecretFiles.firstLine(owner.tokenFile(), "directory.tokenFile");
    }

    /** Where the last known list is kept: by address, so that another order of the owners mixes nothing up. */
    private Path copy(Owner owner) {
        boolean only = config.directory().owners().size() == 1;
        String name = owner.url().toString().replaceAll("[^A-Za-z0-9]+", "-");
        return config.state().resolve(only ? "directory.json" : "directory-" + name + ".json");
    }

    @Override
    public Directory directory() {
        return directory;
    }

    @Override
    public Authority authority() {
        Map<OwnerDirectory, Authority> authorities = new LinkedHashMap<>();
        owners.forEach((list, owner) -> {
            if (owner.kind() == OwnerKind.JENKINS) {
                authorities.put(list, Viewers.authority(owner, "directory.tokenFile", scheduler));
            }
        });
        Owner named = config.access().jenkins();
        Authority otherwise = named == null ? null : Viewers.authority(named, "access.tokenFile", scheduler);
        Authority nobodys = otherwise != null
                ? otherwise
                : authorities.values().stream().findFirst().orElse(null);
        return new OwnersAuthority(
                host -> {
                    Optional<OwnerDirectory> owner =
                            directory.ownerOf(host).or(() -> byDomain(host)).or(() -> directory.nearest(host));
                    // A host that leads nowhere must look like one that leads somewhere: it is sent to a Jenkins too.
                    return owner.isPresent()
                            ? Optional.ofNullable(authorities.get(owner.get()))
                            : Optional.ofNullable(nobodys);
                },
                otherwise);
    }

    private Optional<OwnerDirectory> byDomain(String host) {
        return owners.entrySet().stream()
                .filter(each ->
                        each.getValue().domains().stream().anyMatch(domain -> OwnerDomains.isWithin(host, domain)))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    @Override
    public Revocations revocations() {
        return new FollowedRevocations(directory::withdrawals);
    }

    @Override
    public void listener(Runnable changed) {
        owners.keySet().forEach(list -> list.listener(changed));
    }

    @Override
    public void start() {
        directory.start();
    }

    @Override
    public boolean loaded() {
        return directory.loaded();
    }

    @Override
    public String describe() {
        return directory.describe();
    }

    @Override
    public void close() {
        directory.close();
    }
}
