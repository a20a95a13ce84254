package io.jenkins.plugins.dedalus.view;

import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.util.Locale;
import org.jvnet.localizer.Localizable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A preview's state as people see it: the ledger's, and what Dedalus says of the machine. */
@Restricted(NoExternalUse.class)
public enum DisplayedState {
    /** Being made, or brought to another commit. */
    BUILDING(
            "symbol-construct-outline plugin-ionicons-api",
            "jenkins-!-color-blue",
            "#4c78c8",
            true,
            Messages._DisplayedState_building()),
    /** The machine is being woken. */
    WAKING(
            "symbol-sunny-outline plugin-ionicons-api",
            "jenkins-!-color-blue",
            "#4c78c8",
            true,
            Messages._DisplayedState_waking()),
    /** Answers at once. */
    AWAKE(
            "symbol-checkmark-circle-outline plugin-ionicons-api",
            "jenkins-!-color-green",
            "#2b8a3e",
            false,
            Messages._DisplayedState_awake()),
    /** The next request wakes it. */
    ASLEEP(
            "symbol-moon-outline plugin-ionicons-api",
            "jenkins-!-color-indigo",
            "#5c5fa8",
            false,
            Messages._DisplayedState_asleep()),
    /** Serves; whether the machine sleeps isn't known now. */
    READY(
            "symbol-ellipse-outline plugin-ionicons-api",
            "jenkins-!-text-color-secondary",
            "#2b8a3e",
            false,
            Messages._DisplayedState_ready()),
    /** The last build of it failed. */
    FAILED(
            "symbol-close-circle-outline plugin-ionicons-api",
            "jenkins-!-color-red",
            "#c92a2a",
            false,
            Messages._DisplayedState_failed()),
    /** The machine is gone though nobody closed the preview. */
    LOST(
            "symbol-warning-outline plugin-ionicons-api",
            "jenkins-!-color-orange",
            "#c65d07",
            false,
            Messages._DisplayedState_lost()),
    /** Sleeps until it is deleted. */
    CLOSING(
            "symbol-hourglass-outline plugin-ionicons-api",
            "jenkins-!-text-color-secondary",
            "#6c757d",
            false,
            Messages._DisplayedState_closing()),
    /** Gone. */
    CLOSED(
            "symbol-archive-outline plugin-ionicons-api",
            "jenkins-!-text-color-secondary",
            "#6c757d",
            false,
            Messages._DisplayedState_closed());

    private final String icon;
    private final String style;
    private final String color;
    private final boolean passing;
    private final Localizable label;

    DisplayedState(String icon, String style, String color, boolean passing, Localizable label) {
        this.icon = icon;
        this.style = style;
        this.color = color;
        this.passing = passing;
        this.label = label;
    }

    /**
     * Tells them apart.
     *
     * @param phase the machine's phase; null if it isn't known
     * @param waking whether a wake is under way in this process
     */
    static DisplayedState of(PreviewRecord record, MachinePhase phase, boolean waking) {
        if (record.state() == PreviewState.CLOSED) {
            return CLOSED;
        }
        if (record.down()) {
            return CLOSING;
        }
        if (record.state() == PreviewState.PROVISIONING) {
            return BUILDING;
        }
        if (record.state() == PreviewState.FAILED) {
            return FAILED;
        }
        // Served, and perhaps closing by mistake: then its note says so.
        return waking ? WAKING : of(phase);
    }

    private static DisplayedState of(MachinePhase phase) {
        if (MachinePhase.RUNNING.equals(phase)) {
            return AWAKE;
        }
        if (MachinePhase.SLEEPING.equals(phase) || MachinePhase.STOPPING.equals(phase)) {
            return ASLEEP;
        }
        if (MachinePhase.STARTING.equals(phase) || MachinePhase.PLACEMENT_PENDING.equals(phase)) {
            return WAKING;
        }
        boolean gone = MachinePhase.DESTROYED.equals(phase)
                || MachinePhase.DESTROYING.equals(phase)
                || MachinePhase.FAILED.equals(phase);
        return gone ? LOST : READY;
    }

    /** The symbol beside it. */
    public String getIcon() {
        return icon;
    }

    /** The CSS class of its colour. */
    public String getStyle() {
        return style;
    }

    /** Its colour where no theme helps. */
    public String getColor() {
        return color;
    }

    /** Whether it will be another one soon. */
    public boolean isPassing() {
        return passing;
    }

    /** For people. */
    public String getLabel() {
        return label.toString();
    }

    /** For programs, e.g. {@code asleep}. */
    public String getId() {
        return name().toLowerCase(Locale.ROOT);
    }
}
