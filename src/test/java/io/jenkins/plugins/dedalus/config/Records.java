package io.jenkins.plugins.dedalus.config;

import io.jenkins.plugins.dedalus.client.Protocol;
import io.jenkins.plugins.dedalus.client.Visibility;
import io.jenkins.plugins.dedalus.preview.ExposedPort;
import io.jenkins.plugins.dedalus.preview.MachineInfo;
import io.jenkins.plugins.dedalus.preview.PreviewKey;
import io.jenkins.plugins.dedalus.preview.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.PreviewState;
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
