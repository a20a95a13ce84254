package io.jenkins.plugins.dedalus.dashboard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.handover.JsonAnswer;
import io.jenkins.plugins.dedalus.view.MachineUsage;
import io.jenkins.plugins.dedalus.view.PreviewRow;
import java.time.Instant;
import java.util.Map;

/** A preview for programs. No secret, and no Dedalus address where access is protected. */
final class PreviewJson {
    private PreviewJson() {}

    static ObjectNode of(PreviewRow row) {
        ObjectNode node = JsonAnswer.mapper().createObjectNode();
        node.put("id", row.getId());
        node.put("repository", row.getRepository());
        node.put("changeId", row.getRecord().key().changeId());
        node.put("name", row.getRecord().key().name());
        node.put("branch", row.getBranch());
        node.put("changeUrl", row.getChangeUrl());
        node.put("state", row.getShown().getId());
        node.put("lifecycle", row.getRecord().state().name());
        node.put("machineId", row.getMachineId());
        node.put("phase", row.getPhase());
        node.put("commit", row.getRecord().commit());
        node.put("url", row.getAddress());
        ObjectNode urls = node.putObject("urls");
        for (Map.Entry<String, String> address : row.getAddresses().entrySet()) {
            urls.put(address.getKey(), address.getValue());
        }
        node.put("job", row.getJob() == null ? null : row.getJob().getFullName());
        node.put("build", row.getBuildNumber());
        node.put("problem", row.getRecord().problem());
        node.put("createdAt", text(row.getRecord().createdAt()));
        node.put("deployedAt", text(row.getRecord().deployedAt()));
        node.put("deleteAt", text(row.getDeleteAt()));
        node.put("expiresAt", text(row.getExpiresAt()));
        node.put("expiresSoon", row.isExpiresSoon());
        node.put("pinned", row.isPinned());
        MachineUsage usage = row.usage();
        node.put("awakeSecondsThisMonth", usage == null ? null : usage.awakeSeconds());
        node.put("costEstimateUsdThisMonth", usage == null ? null : Math.round(usage.dollars() * 10_000) / 10_000.0);
        return node;
    }

    private static String text(Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
