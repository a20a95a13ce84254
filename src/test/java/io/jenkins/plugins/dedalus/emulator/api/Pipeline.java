package io.jenkins.plugins.dedalus.emulator.api;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.core.ControlPlane;
import java.io.IOException;
import java.util.concurrent.CompletionStage;

/** What every call goes through before its controller. */
final class Pipeline {
    private final Authentication authentication;
    private final RateLimiter limiter;
    private final IdempotencyKeys keys;
    private final Routes routes = new Routes();

    Pipeline(EmulatorConfig config, ControlPlane plane) throws IOException {
        authentication = new Authentication(config);
        limiter = new RateLimiter(config.rateLimit(), config.clock());
        keys = new IdempotencyKeys(plane.store());
        new MachineController(config, plane.machines()).register(routes);
        new ExecutionController(plane.machines(), plane.executions()).register(routes);
        new PreviewController(config, plane).register(routes);
        new UsageController(plane.usage()).register(routes);
    }

    /** Throws a refusal where the caller may not call, or not now. */
    void admit(Call call) {
        authentication.check(call);
        limiter.check();
    }

    CompletionStage<Answer> handle(Call call) {
        admit(call);
        Routes.Match match = routes.find(call.method(), call.path());
        Call found = call.with(match.variables());
        return keys.once(found, () -> match.handler().handle(found));
    }
}
