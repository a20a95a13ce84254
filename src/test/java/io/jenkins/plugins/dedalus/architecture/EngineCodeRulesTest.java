package io.jenkins.plugins.dedalus.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** What no class of the engine does, and why. */
@AnalyzeClasses(
        packages = {
            "io.jenkins.plugins.dedalus.client",
            "io.jenkins.plugins.dedalus.preview",
            "io.jenkins.plugins.dedalus.proxy",
            "io.jenkins.plugins.dedalus.router"
        },
        importOptions = DoNotIncludeTests.class)
class EngineCodeRulesTest {
    private static final DescribedPredicate<JavaField> WRITTEN_BY_HAND = DescribedPredicate.describe(
            "written by hand",
            field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC)
                    && !field.getName().contains("$"));

    private static final DescribedPredicate<JavaField> OF_A_MUTABLE_TYPE =
            DescribedPredicate.describe("of a type made to be changed", EngineCodeRulesTest::isMutable);

    @ArchTest
    static final ArchRule staticsAreFinal = fields().that()
            .areStatic()
            .and(WRITTEN_BY_HAND)
            .should()
            .beFinal()
            .because("two engines in one process (Jenkins restarting its listener, parallel tests) must not meet");

    @ArchTest
    static final ArchRule staticsHoldNoState = fields().that(WRITTEN_BY_HAND)
            .and(OF_A_MUTABLE_TYPE)
            .should()
            .notBeStatic()
            .because("state belongs to an object that can be closed and replaced");

    @ArchTest
    static final ArchRule nobodyPrints = noClasses()
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(Throwable.class, "printStackTrace")
            .because("inside Jenkins nobody reads standard output: log, or write to the command line's own writer");

    @ArchTest
    static final ArchRule loggingIsTheJdks = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.slf4j..", "org.apache.logging..", "org.apache.log4j..", "org.apache.commons.logging..")
            .because("java.util.logging is what Jenkins configures and shows");

    @ArchTest
    static final ArchRule nobodySleepsOutsideTheSleeper = noClasses()
            .that()
            .areNotAssignableTo("io.jenkins.plugins.dedalus.client.call.Sleeper")
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .because(
                    "waiting goes through a scheduler or the injected Sleeper, so that no thread parks and tests need no time");

    private static boolean isMutable(JavaField field) {
        var type = field.getRawType();
        // Map.of and friends declare the interface; a concrete or concurrent type says that it will be written to.
        boolean concreteCollection =
                !type.isInterface() && (type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class));
        return concreteCollection
                || type.getPackageName().startsWith("java.util.concurrent")
                        && !Set.of("TimeUnit").contains(type.getSimpleName())
                || type.isAssignableTo(StringBuilder.class)
                || type.isAssignableTo(ThreadLocal.class);
    }
}
