package io.holdfast.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the command line may not import although it is on its class path. */
@AnalyzeClasses(packages = "io.holdfast.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {

    /** They are on the class path because libs/storage-minio, the only importer, brings them. */
    @ArchTest
    static final ArchRule NOBODY_HERE_KNOWS_S3 =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("io.minio..", "okhttp3..");
}
