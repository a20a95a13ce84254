/**
 * What is known of each preview, kept on disk: the record and its stages as data, the files, their format, lock and origin.
 * Decides nothing: it calls no API and knows no operation.
 */
package io.jenkins.plugins.dedalus.preview.ledger;
