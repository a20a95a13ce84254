package io.jenkins.plugins.dedalus.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.cfg.PackageVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.OkHttp;
import org.junit.jupiter.api.Test;

/** The API plugins bring the versions that the engine is tested with: those of router/pom.xml. */
class EngineLibrariesTest {
    @Test
    void okHttpAndJacksonAreThoseOfTheEngineTier() throws Exception {
        assertThat(OkHttp.VERSION).isEqualTo(property("okhttp.version"));
        assertThat(PackageVersion.VERSION).hasToString(property("jackson.version"));
    }

    private static String property(String name) throws Exception {
        Matcher value = Pattern.compile("<" + Pattern.quote(name) + ">([^<]+)<")
                .matcher(Files.readString(Path.of("router", "pom.xml")));
        assertThat(value.find()).as(name).isTrue();
        return value.group(1);
    }
}
