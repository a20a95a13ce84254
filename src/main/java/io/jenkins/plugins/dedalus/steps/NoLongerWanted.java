package io.jenkins.plugins.dedalus.steps;

import java.util.Objects;
import jenkins.model.CauseOfInterruption;

/** Why a build ended though nothing is wrong with it: a newer commit, a closed change request, an approval that is due. */
final class NoLongerWanted extends CauseOfInterruption {
    private static final long serialVersionUID = 1L;

    private final String sentence;

    NoLongerWanted(String sentence) {
        this.sentence = sentence;
    }

    @Override
    public String getShortDescription() {
        return sentence;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NoLongerWanted that && sentence.equals(that.sentence);
    }

    @Override
    public int hashCode() {
        return Objects.hash(sentence);
    }
}
