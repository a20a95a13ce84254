package io.jenkins.plugins.dedalus.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

class PatienceTest {
    @Test
    void whatAnotherThreadDiesOfFailsNoWait() {
        Thread other = new Thread(() -> {
            throw new IllegalStateException("This test's thread dies, as it should.");
        });

        assertThatCode(() -> await().until(() -> {
                    boolean begun = other.getState() != Thread.State.NEW;
                    if (!begun) {
                        other.start();
                        other.join();
                    }
                    return begun;
                }))
                .doesNotThrowAnyException();
    }
}
