/**
 * What the API takes and answers, as values. Holds no call and no JSON; unknown words of the API stay readable.
 */
package io.jenkins.plugins.dedalus.client.model;
