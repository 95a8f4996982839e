package io.holdfast.snapshot;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.holdfast.snapshot", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {

    @ArchTest
    static final ArchRule layers = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("domain")
            .definedBy("..domain..")
            .layer("app")
            .definedBy("..app..")
            .layer("libvirt")
            .definedBy("..libvirt..")
            .layer("persistence")
            .definedBy("..persistence..")
            .layer("rest")
            .definedBy("..rest..")
            .layer("work")
            .definedBy("..work..")
            .layer("nbd")
            .definedBy("..nbd..")
            .layer("config")
            .definedBy("..config..")
            .whereLayer("config")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("libvirt")
            .mayOnlyBeAccessedByLayers("config")
            .whereLayer("persistence")
            .mayOnlyBeAccessedByLayers("config")
            .whereLayer("rest")
            .mayOnlyBeAccessedByLayers("config")
            .whereLayer("work")
            .mayOnlyBeAccessedByLayers("config")
            .whereLayer("nbd")
            .mayOnlyBeAccessedByLayers("config")
            .whereLayer("app")
            .mayOnlyBeAccessedByLayers("libvirt", "persistence", "rest", "work", "nbd", "config");

    @ArchTest
    static final ArchRule theCoreKnowsNoFramework = noClasses()
            .that()
            .resideInAnyPackage("..domain..", "..app..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.quarkus..", "jakarta..", "java.sql..", "org.libvirt..", "com.sun.jna..", "org.hibernate..");

    @ArchTest
    static final ArchRule onlyTheDriverKnowsLibvirt = noClasses()
            .that()
            .resideOutsideOfPackage("..libvirt..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.libvirt..", "com.sun.jna..");
}
