package io.jenkins.plugins.dedalus.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.cfg.PackageVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.OkHttp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API plugins bring the versions that the engine is tested with, and the parent POM the tools that it is built with. */
class EngineLibrariesTest {
    @Test
    void okHttpAndJacksonAreThoseOfTheEngineTier() throws Exception {
        assertThat(OkHttp.VERSION).isEqualTo(property("router/pom.xml", "okhttp.version"));
        assertThat(PackageVersion.VERSION).hasToString(property("router/pom.xml", "jackson.version"));
    }

    @ParameterizedTest
    @CsvSource({
        "router/pom.xml, jacoco-maven-plugin.version",
        "router/pom.xml, junit.version",
        "router/pom.xml, maven-surefire-plugin.version",
        "router/pom.xml, spotbugs-maven-plugin.version",
        "formatting.xml, spotless-maven-plugin.version"
    })
    void toolsAreThoseOfTheParentPom(String file, String name) throws Exception {
        assertThat(property(file, name)).isEqualTo(System.getProperty("parent." + name));
    }

    private static String property(String file, String name) throws Exception {
        Matcher value =
                Pattern.compile("<" + Pattern.quote(name) + ">([^<]+)<").matcher(Files.readString(Path.of(file)));
        assertThat(value.find()).as(name).isTrue();
        return value.group(1);
    }
}
