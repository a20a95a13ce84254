package io.jenkins.plugins.dedalus.accounts;

import java.time.Instant;

/**
 * The API said no to an account's credentials, and has not said yes since.
 *
 * @param at when
 * @param status 401 or 403
 * @param sentence whose credentials were refused
 */
public record ApiRefusal(Instant at, int status, String sentence) {}
