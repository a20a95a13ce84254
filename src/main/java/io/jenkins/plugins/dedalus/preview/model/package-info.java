/**
 * What a caller says of a preview and gets told: keys, requests, specifications, limits, progress. Values only: nothing
 * here is stored, scheduled or sent by itself.
 */
package io.jenkins.plugins.dedalus.preview.model;
