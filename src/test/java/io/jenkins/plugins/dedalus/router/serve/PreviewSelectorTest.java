package io.jenkins.plugins.dedalus.router.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import io.jenkins.plugins.dedalus.router.admin.AdminException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreviewSelectorTest {
    private static final HostPattern PATTERN = HostPattern.parse("https://{label}.previews.example.net");

    private final PreviewRecord shop = record("github.com/acme/shop", "7", "default");
    private final PreviewRecord admin = record("github.com/acme/shop", "8", "admin");
    private final PreviewRecord closed = record("github.com/acme/blog", "7", "default");
    private final PreviewRecord blog = record("github.com/acme/blog", "8", "default");

    private static PreviewRecord record(String repository, String change, String name) {
        return new PreviewRecordBuilder(new PreviewKey(repository, change, name)).build();
    }

    private PreviewRecord select(String text) {
        return PreviewSelector.select(List.of(shop, admin, blog), List.of(closed), PATTERN, text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "#7", " 7 ", "github.com/acme/shop#7", "https://github.com/acme/shop.git#7"})
    void aNumberIsEnoughWhereItIsClear(String text) {
        assertThat(select(text)).isSameAs(shop);
    }

    @Test
    void aClosedPreviewIsMeantOnlyWhereNoOtherFits() {
        assertThat(select("github.com/acme/blog#7")).isSameAs(closed);
        assertThat(select(closed.key().id())).isSameAs(closed);
    }

    @Test
    void idHostAndAddressNameOnePreview() {
        String host = PATTERN.host(blog.label());

        assertThat(select(blog.key().id())).isSameAs(blog);
        assertThat(select(host.toUpperCase(java.util.Locale.ROOT))).isSameAs(blog);
        assertThat(select("https://" + host + "/cart?x=1")).isSameAs(blog);
        assertThat(select(host + ":8443")).isSameAs(blog);
    }

    @Test
    void whatIsUnclearIsNotGuessed() {
        assertThatThrownBy(() -> select("8"))
                .isInstanceOf(AdminException.class)
                .hasMessageContaining("fits several previews")
                .hasMessageContaining(admin.key().id())
                .hasMessageContaining(blog.key().id());
        assertThatThrownBy(() -> select("github.com/other/shop#7")).hasMessageContaining("There's no preview");
        assertThatThrownBy(() -> PreviewSelector.select(List.of(), List.of(), PATTERN, "7"))
                .hasMessageContaining("none at all");
    }
}
