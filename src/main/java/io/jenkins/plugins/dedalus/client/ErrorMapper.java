package io.jenkins.plugins.dedalus.client;

import java.time.Clock;

/** Maps errors. */
final class ErrorMapper {
    ErrorMapper(Clock clock, Redactor redactor) {}
}
