package io.holdfast.catalog;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** domain &lt;- app &lt;- adapters, put together in config. */
class ArchitectureTest {

    private static final String BASE = "io.holdfast.catalog.";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.holdfast.catalog");

    @Test
    void theDomainKnowsNoFrameworkAndNobodyElseHere() {
        noClasses()
                .that()
                .resideInAPackage(BASE + "domain..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.quarkus..",
                        "jakarta..",
                        "java.sql..",
                        "javax.sql..",
                        "io.minio..",
                        "org.hibernate..",
                        BASE + "app..",
                        BASE + "rest..",
                        BASE + "persistence..",
                        BASE + "snapshotclient..",
                        BASE + "issuer..",
                        BASE + "config..")
                .check(CLASSES);
    }

    @Test
    void useCasesKnowPortsAndNoAdapter() {
        noClasses()
                .that()
                .resideInAPackage(BASE + "app..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.quarkus..",
                        "jakarta.ws.rs..",
                        "jakarta.persistence..",
                        "java.sql..",
                        "javax.sql..",
                        "org.hibernate..",
                        BASE + "rest..",
                        BASE + "persistence..",
                        BASE + "snapshotclient..",
                        BASE + "issuer..",
                        BASE + "config..")
                .check(CLASSES);
    }

    @Test
    void onlyPersistenceSpeaksSql() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + "persistence..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "jakarta.persistence..", "org.hibernate..")
                .check(CLASSES);
    }

    @Test
    void onlyTheClientAndTheWiringKnowSnapshotServicesInterface() {
        classes()
                .that()
                .haveFullyQualifiedName("io.holdfast.api.rest.SnapshotServiceApi")
                .or()
                .resideInAPackage(BASE + "snapshotclient..")
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage(BASE + "snapshotclient..", BASE + "config..", "io.holdfast.api..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.holdfast.catalog.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void timeComesFromTheDatabaseOrAnInjectedClock() {
        noClasses()
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .check(CLASSES);
    }
}
