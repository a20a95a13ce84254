package io.jenkins.plugins.dedalus.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom. The packages are those of docs/architecture.md. */
@AnalyzeClasses(packages = "io.jenkins.plugins.dedalus", importOptions = DoNotIncludeTests.class)
class EngineBoundariesTest {
    private static final String BASE = "io.jenkins.plugins.dedalus.";
    private static final String CLIENT = BASE + "client..";
    private static final String PREVIEW = BASE + "preview..";
    private static final String PROXY = BASE + "proxy..";
    private static final String ROUTER = BASE + "router..";

    @ArchTest
    static final ArchRule engineKnowsNoJenkins = noClasses()
            .that()
            .resideInAnyPackage(CLIENT, PREVIEW, PROXY, ROUTER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "hudson..",
                    "jenkins..",
                    "org.jenkinsci..",
                    "org.kohsuke..",
                    "jakarta.servlet..",
                    "javax.servlet..",
                    BASE + "config..",
                    BASE + "steps..",
                    BASE + "build..",
                    BASE + "dashboard..",
                    BASE + "scm..",
                    BASE + "github..",
                    BASE + "gc..")
            .because("the standalone router runs the same engine with no Jenkins in the process");

    @ArchTest
    static final ArchRule clientIsTheBottom = noClasses()
            .that()
            .resideInAPackage(CLIENT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PREVIEW, PROXY, ROUTER)
            .because("the client speaks the Dedalus API and nothing else: client ← preview ← proxy ← router");

    @ArchTest
    static final ArchRule previewKnowsNoProxy = noClasses()
            .that()
            .resideInAPackage(PREVIEW)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PROXY, ROUTER)
            .because("a preview lives and dies without anybody serving it: client ← preview ← proxy ← router");

    @ArchTest
    static final ArchRule proxyKnowsNoRouter = noClasses()
            .that()
            .resideInAPackage(PROXY)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROUTER)
            .because("Jenkins embeds the proxy without the router's command line: client ← preview ← proxy ← router");

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().matching(BASE + "(*)..")
            .should()
            .beFreeOfCycles()
            .because("two packages that need each other are one package");

    @ArchTest
    static final ArchRule packagesWithinHaveNoCycles = slices().matching(BASE + "(**)")
            .should()
            .beFreeOfCycles()
            .because("a package that needs its own user can't be read, or tested, by itself");

    @ArchTest
    static final ArchRule clientsModelIsValues = noClasses()
            .that()
            .resideInAnyPackage(BASE + "client.model", BASE + "client.error")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(BASE + "client", BASE + "client.call", BASE + "client.transport")
            .because(
                    "values and errors are read by everybody: client.error ← client.model ← call ← transport ← client");

    @ArchTest
    static final ArchRule resourcesAreNoTransportsBusiness = noClasses()
            .that()
            .resideInAnyPackage(BASE + "client.call", BASE + "client.transport")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BASE + "client")
            .because("a layer below a call works for every resource alike");

    @ArchTest
    static final ArchRule previewsModelIsValues = noClasses()
            .that()
            .resideInAPackage(BASE + "preview.model")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    BASE + "preview",
                    BASE + "preview.command",
                    BASE + "preview.engine",
                    BASE + "preview.ledger",
                    BASE + "preview.operation",
                    BASE + "preview.room",
                    BASE + "preview.wake")
            .because("what a caller says of a preview is neither stored, scheduled nor sent by itself");

    @ArchTest
    static final ArchRule ledgerDecidesNothing = noClasses()
            .that()
            .resideInAPackage(BASE + "preview.ledger")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    BASE + "preview",
                    BASE + "preview.command",
                    BASE + "preview.operation",
                    BASE + "preview.room",
                    BASE + "preview.wake")
            .because("the ledger says what is known; what follows from it is the operations' part");

    @ArchTest
    static final ArchRule wakingKnowsNoRecord = noClasses()
            .that()
            .resideInAPackage(BASE + "preview.wake")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    BASE + "preview", BASE + "preview.command", BASE + "preview.ledger", BASE + "preview.operation")
            .because("a machine can be woken by whoever knows its address: a router that follows a list has no ledger");

    @ArchTest
    static final ArchRule hostsImplementWhatTheProxyAsks = noClasses()
            .that()
            .resideInAPackage(BASE + "proxy.spi")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    BASE + "proxy",
                    BASE + "proxy.access..",
                    BASE + "proxy.directory",
                    BASE + "proxy.forward",
                    BASE + "proxy.header",
                    BASE + "proxy.io",
                    BASE + "proxy.page",
                    BASE + "proxy.upstream",
                    BASE + "proxy.viewer")
            .because("Jenkins and the router implement it without the data plane");

    @ArchTest
    static final ArchRule vertxCarriesTheDataPlaneOnly = noClasses()
            .that()
            .resideInAnyPackage(CLIENT, PREVIEW)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "io.netty..")
            .because("provisioning has to work, and be tested, without an event loop");

    @ArchTest
    static final ArchRule okHttpStaysInTheClient = noClasses()
            .that()
            .resideInAnyPackage(PREVIEW, PROXY, ROUTER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("okhttp3..", "okio..")
            .because("retries, authentication and time limits are decided once, in the client");

    @ArchTest
    static final ArchRule routersLibrariesStayInTheRouter = noClasses()
            .that()
            .resideOutsideOfPackage(ROUTER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "picocli..",
                    "org.yaml..",
                    "com.fasterxml.jackson.dataformat..",
                    "io.micrometer..",
                    "io.prometheus..")
            .because("the hpi holds none of these: a class that needs them would fail inside Jenkins");
}
