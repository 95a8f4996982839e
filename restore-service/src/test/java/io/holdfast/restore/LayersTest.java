package io.holdfast.restore;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** domain &lt;- app &lt;- adapters, wired only in config. */
@AnalyzeClasses(packages = "io.holdfast.restore", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {

    private static final String ROOT = "io.holdfast.restore";

    @ArchTest
    static final ArchRule DOMAIN_IS_PURE = noClasses()
            .that()
            .resideInAPackage(ROOT + ".domain..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.quarkus..",
                    "jakarta.ws.rs..",
                    "jakarta.inject..",
                    "java.sql..",
                    "io.minio..",
                    ROOT + ".app..",
                    ROOT + ".nbd..",
                    ROOT + ".vault..",
                    ROOT + ".rest..",
                    ROOT + ".config..");

    @ArchTest
    static final ArchRule APP_KNOWS_NO_ADAPTER = noClasses()
            .that()
            .resideInAPackage(ROOT + ".app..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.quarkus..",
                    "jakarta.ws.rs..",
                    "jakarta.inject..",
                    "java.sql..",
                    "io.minio..",
                    ROOT + ".nbd..",
                    ROOT + ".vault..",
                    ROOT + ".rest..",
                    ROOT + ".config..");

    @ArchTest
    static final ArchRule ONLY_CONFIG_WIRES = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".config..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".config..");

    @ArchTest
    static final ArchRule ADAPTERS_DO_NOT_KNOW_EACH_OTHER = noClasses()
            .that()
            .resideInAPackage(ROOT + ".nbd..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".vault..", ROOT + ".rest..");

    /** They are on the class path because libs/storage-minio, the only importer, brings them. */
    @ArchTest
    static final ArchRule NOBODY_HERE_KNOWS_S3 =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("io.minio..", "okhttp3..");
}
