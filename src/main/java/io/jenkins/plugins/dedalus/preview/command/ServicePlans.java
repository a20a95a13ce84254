package io.jenkins.plugins.dedalus.preview.command;

import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.Service;
import io.jenkins.plugins.dedalus.preview.model.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The executions that give a machine what the code needs: packages, then services. */
final class ServicePlans {
    private static final int POSTGRES_PORT = 5432;
    private static final int REDIS_PORT = 6379;

    private final PreviewRequest request;
    private final ScriptEnv env;

    ServicePlans(PreviewRequest request, ScriptEnv env) {
        this.request = request;
        this.env = env;
    }

    /** Installs what is missing, and leaves the list for a wake that lost it. Its time is the setup's. */
    ScriptPlan packages(PreviewRecord record) {
        boolean own = request.spec().services().containsKey(Service.POSTGRES);
        Map<String, String> all = new LinkedHashMap<>();
        all.put("DEDALUS_PRIVATE_PACKAGES", String.join(" ", request.spec().packages()));
        all.put("DEDALUS_PRIVATE_OWN_POSTGRES", own ? "1" : "");
        all.put("DEDALUS_PRIVATE_MARK", record.machineId());
        all.put("DEDALUS_PRIVATE_BODY", Scripts.base64(Scripts.load("apt.sh", "ensure-packages.sh")));
        return new ScriptPlan(
                "packages",
                Scripts.own(),
                Scripts.load("packages.sh"),
                all,
                request.spec().limits().setup(),
                true);
    }

    /** Starts what doesn't run, and leaves all that is needed for a wake that lost it. */
    ScriptPlan services(PreviewRecord record) {
        Map<String, String> own = env.ofServices();
        Map<String, String> all = new LinkedHashMap<>(own);
        all.put("DEDALUS_PRIVATE_NAMES", String.join(" ", own.keySet()));
        all.put(
                "DEDALUS_PRIVATE_SERVICES",
                String.join(" ", entries(request.spec().services())));
        all.put("DEDALUS_PRIVATE_MARK", record.machineId());
        all.put("DEDALUS_PRIVATE_CWD", request.source().delivers() ? Source.DIRECTORY : "");
        all.put(
                "DEDALUS_PRIVATE_BODY",
                Scripts.base64(Scripts.load(
                        "process.sh", "heal.sh", "postgres.sh", "redis.sh", "command-service.sh", "services.sh")));
        long limit = request.spec().limits().start().toSeconds();
        all.put("DEDALUS_PRIVATE_LIMIT", Long.toString(limit));
        return new ScriptPlan(
                "services",
                Scripts.own(),
                Scripts.load("script.sh", "install-services.sh"),
                all,
                // Each one gets that long, and a previous one has to stop before.
                request.spec()
                        .limits()
                        .start()
                        .plusSeconds(60)
                        .multipliedBy(request.spec().services().size()),
                true);
    }

    /** As services.sh reads them; those that are known first, for others may need them. */
    private static List<String> entries(Map<String, Service> services) {
        List<String> known = new ArrayList<>();
        List<String> own = new ArrayList<>();
        services.forEach((name, service) -> {
            if (service instanceof Service.Command command) {
                own.add(name + ":command:" + command.port() + ":" + Scripts.base64(command.start()));
            } else if (service instanceof Service.Postgres postgres) {
                known.add(name + ":postgres:" + port(postgres.port(), POSTGRES_PORT) + ":"
                        + Scripts.base64(postgres.database()));
            } else if (service instanceof Service.Redis redis) {
                known.add(name + ":redis:" + port(redis.port(), REDIS_PORT) + ":");
            }
        });
        known.addAll(own);
        return known;
    }

    /** Where none is asked for, the usual one, or the next that is free on the machine. */
    private static String port(Integer asked, int usual) {
        return asked == null ? "~" + usual : asked.toString();
    }
}
