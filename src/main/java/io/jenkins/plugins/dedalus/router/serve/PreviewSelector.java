package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import io.jenkins.plugins.dedalus.router.admin.AdminException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Finds the preview a person means. */
final class PreviewSelector {
    private PreviewSelector() {}

    /**
     * Finds by id, label, host, address, number, or {@code repository#number}; a closed one only where no other fits.
     *
     * @throws AdminException when nothing fits, or several do
     */
    static PreviewRecord select(
            List<PreviewRecord> records, List<PreviewRecord> closed, HostPattern pattern, String text) {
        List<PreviewRecord> fits = fitting(records, pattern, text);
        if (fits.isEmpty()) {
            fits = fitting(closed, pattern, text);
        }
        if (fits.size() == 1) {
            return fits.get(0);
        }
        String known = (fits.isEmpty() ? records : fits)
                .stream().map(record -> record.key().id()).limit(10).collect(Collectors.joining(", "));
        String sentence = fits.isEmpty()
                ? "There's no preview \"" + text + "\"."
                        + (known.isEmpty() ? " There are none at all." : " Known: " + known + ".")
                : "\"" + text + "\" fits several previews: " + known + ". Name one of these.";
        throw new AdminException(AdminException.Kind.NOT_FOUND, sentence);
    }

    private static List<PreviewRecord> fitting(List<PreviewRecord> records, HostPattern pattern, String text) {
        return records.stream()
                .filter(record -> fits(record, pattern, text.trim()))
                .toList();
    }

    private static boolean fits(PreviewRecord record, HostPattern pattern, String text) {
        PreviewKey key = record.key();
        String host =
                text.toLowerCase(Locale.ROOT).replaceFirst("^https?://", "").replaceFirst("[:/].*$", "");
        int hash = text.lastIndexOf('#');
        if (hash > 0) {
            return key.changeId().equals(text.substring(hash + 1))
                    && key.repository().equals(PreviewKey.normaliseRepository(text.substring(0, hash)));
        }
        return text.equals(key.id())
                || text.equals(record.label())
                || text.replaceFirst("^#", "").equals(key.changeId())
                || host.equals(pattern.host(record.label()))
                || record.ports().values().stream().anyMatch(port -> host.equals(pattern.host(port.label())));
    }
}
