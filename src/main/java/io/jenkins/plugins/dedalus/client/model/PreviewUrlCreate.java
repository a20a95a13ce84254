package io.jenkins.plugins.dedalus.client.model;

/**
 * A port to expose.
 *
 * @param port 1 to 65535
 * @param protocol what the app speaks; null: the server's default (http)
 * @param visibility who may open the URL; null: the server's default. Generation 3 has no such choice and is not sent it
 */
public record PreviewUrlCreate(int port, Protocol protocol, Visibility visibility) {}
