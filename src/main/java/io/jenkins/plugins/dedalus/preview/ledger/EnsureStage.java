package io.jenkins.plugins.dedalus.preview.ledger;

/** Where an ensure stands. The names are in ledgers: rename none. */
public enum EnsureStage {
    INTERRUPT("stopping the previous build's script"),
    PREPARE("preparing"),
    CREATE("creating the machine"),
    AWAIT("waiting for the machine"),
    RESIZE("adjusting the machine"),
    PACKAGES("installing packages"),
    FETCH("fetching the commit"),
    CHECKOUT("checking out"),
    UPLOAD("sending the workspace"),
    UNPACK("unpacking the workspace"),
    SERVICES("starting services"),
    SETUP("running setup"),
    EXPOSE("exposing the ports"),
    DEPLOY("running deploy"),
    START("starting the app"),
    EDGE("waiting for the preview URL"),
    DONE("ready");

    private final String phase;

    EnsureStage(String phase) {
        this.phase = phase;
    }

    public String phase() {
        return phase;
    }

    public static EnsureStage of(String name) {
        for (EnsureStage stage : values()) {
            if (stage.name().equals(name)) {
                return stage;
            }
        }
        return INTERRUPT;
    }
}
