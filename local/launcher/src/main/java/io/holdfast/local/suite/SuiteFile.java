package io.holdfast.local.suite;

/**
 * What a running suite says of itself, in {@code suite.json}.
 *
 * @param catalog the front door's URL
 * @param adminTokenFile a file with the admin's bearer token
 * @param objects URL of the S3 server
 * @param bucket a bucket that exists there
 * @param objectsCredentialsFile the S3 server's access key and secret key, one a line
 * @param supervisorPid the supervisor's process
 */
public record SuiteFile(
        String catalog,
        String adminTokenFile,
        String objects,
        String bucket,
        String objectsCredentialsFile,
        long supervisorPid) {

    static final SuiteFile NONE = new SuiteFile("", "", "", "", "", 0);

    /** What the suite of this folder says; empty fields when none runs. */
    public static SuiteFile of(Home home) {
        return Json.readSuite(home.suiteFile());
    }
}
