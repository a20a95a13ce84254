package io.jenkins.plugins.dedalus.client.model;

import io.jenkins.plugins.dedalus.client.error.Sentences;
import java.math.BigInteger;

/**
 * What became of an execution's output on its way, as generation 4 tells it. All is as the server wrote it and may be null.
 *
 * @param state {@code pending}, {@code incomplete} or {@code unavailable}; null where all was captured
 * @param code the platform's reason
 * @param lostBytes how much is lost, as a decimal number
 * @param unconfirmedBytes how much may be lost, as a decimal number
 */
public record LogCapture(String state, String code, String lostBytes, String unconfirmedBytes) {

    /** What is missing, as a sentence without its beginning, such as {@code 512 bytes are lost}; null where nothing is. */
    public String missing() {
        String reason = code == null || code.isBlank() ? "" : " (" + Sentences.quote(code) + ")";
        if (isPositive(lostBytes)) {
            return lostBytes + " bytes are lost" + reason;
        }
        if (isPositive(unconfirmedBytes)) {
            return unconfirmedBytes + " bytes may be lost" + reason;
        }
        if ("incomplete".equals(state) || "unavailable".equals(state)) {
            return "Dedalus calls it " + state + reason;
        }
        return null;
    }

    private static boolean isPositive(String number) {
        return number != null && number.matches("[0-9]{1,20}") && new BigInteger(number).signum() > 0;
    }
}
