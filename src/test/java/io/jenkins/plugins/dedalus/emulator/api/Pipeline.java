package io.jenkins.plugins.dedalus.emulator.api;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.core.ApiException;
import io.jenkins.plugins.dedalus.emulator.core.ControlPlane;
import io.jenkins.plugins.dedalus.emulator.core.ErrorCode;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What every call goes through before its controller. */
final class Pipeline {
    private static final Logger LOG = Logger.getLogger(Pipeline.class.getName());

    private final Authentication authentication;
    private final RateLimiter limiter;
    private final IdempotencyKeys keys;
    private final Routes routes = new Routes();

    Pipeline(EmulatorConfig config, ControlPlane plane) throws IOException {
        authentication = new Authentication(config);
        limiter = new RateLimiter(config.rateLimit(), config.clock());
        Generation generation = Generation.of(config);
        MachinePath machines = new MachinePath(generation, plane.machines());
        keys = new IdempotencyKeys(plane.store(), generation.bare());
        new MachineController(config, machines, plane.machines(), plane.workers()).register(routes);
        new ExecutionController(generation, machines, plane.executions()).register(routes);
        new UnsupportedController(generation, machines).register(routes);
        if (generation.bare()) {
            new AutoresizingController(machines).register(routes);
        }
        if (generation.exposes()) {
            new PreviewController(generation, machines, plane).register(routes);
            new UsageController(plane.usage()).register(routes);
        }
    }

    /** Throws a refusal where the caller may not call, or not now. */
    void admit(Call call) {
        authentication.check(call);
        limiter.check();
    }

    /** The answer, refusals included; never fails. */
    CompletionStage<Answer> answer(Call call) {
        try {
            return handle(call).exceptionally(Pipeline::refused);
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(refused(e));
        }
    }

    /** How a failure is answered. */
    static Answer refused(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Problem problem) {
            return Answer.problem(problem);
        }
        if (cause instanceof ApiException refusal) {
            return Answer.refusal(refusal);
        }
        LOG.log(Level.WARNING, "A call failed.", cause);
        return Answer.refusal(new ApiException(ErrorCode.INTERNAL_ERROR, "The emulator failed: " + cause));
    }

    private CompletionStage<Answer> handle(Call call) {
        admit(call);
        Routes.Match match = routes.find(call.method(), call.path());
        Call found = call.with(match.variables());
        return keys.once(found, () -> match.handler().handle(found));
    }
}
