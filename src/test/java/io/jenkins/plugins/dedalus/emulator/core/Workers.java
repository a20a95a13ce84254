package io.jenkins.plugins.dedalus.emulator.core;

/** Who does the emulator's work, and counts its time: threads, or a test's own clock. */
public interface Workers extends AutoCloseable {
    /** Runs something soon; dropped where the emulator is closed. */
    void execute(Runnable work);

    /** Runs something later; dropped where the emulator is closed by then. */
    void later(long millis, Runnable work);

    /** Runs something again and again. */
    void every(long millis, Runnable work);

    /** Starts nothing more by itself. */
    void stopTimer();

    @Override
    void close();
}
