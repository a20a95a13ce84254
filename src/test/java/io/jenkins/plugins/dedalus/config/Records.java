package io.jenkins.plugins.dedalus.config;

import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.time.Instant;

/** Records of previews that nothing was provisioned for. */
public final class Records {
    private Records() {}

    /** Puts a ready preview into a ledger. */
    public static PreviewRecord put(PreviewLedger ledger, PreviewKey key, String machineId, String url) {
        Instant now = Instant.parse("2026-11-01T10:00:00Z");
        PreviewRecord record = new PreviewRecordBuilder(key)
                .label(key.id())
                .state(PreviewState.READY)
                .order(1)
                .serving("0123456789abcdef0123456789abcdef01234567", "digest", now)
                .machine(new MachineInfo(machineId, 1, 2048, 10, "5m", now))
                .port(new ExposedPort("web", 3000, key.id(), "pv-1", url, Protocol.HTTP, Visibility.PUBLIC))
                .createdAt(now)
                .updatedAt(now)
                .build();
        ledger.put(record);
        return record;
    }
}
