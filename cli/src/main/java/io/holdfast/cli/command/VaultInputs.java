package io.holdfast.cli.command;

import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Report;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A vault's URL as people write it, and what opens the vault: read from files or the environment, never from the command line.
 * What is wrong is an {@link IllegalArgumentException} whose message is a sentence for people.
 */
public final class VaultInputs {

    private static final String DIRECTORY = "file:";

    /** The URL: a folder's path as people write it, {@code file:///mnt/my disk}, is made one; what is one already stays. */
    public static String url(String given) {
        int authority = given.indexOf("://");
        int at = given.indexOf('@');
        if (authority >= 0 && at > authority && !given.startsWith(DIRECTORY)) {
            throw new IllegalArgumentException(
                    "A vault's URL holds no keys: anybody who lists processes would see them."
                            + " Use --s3-credentials or the environment.");
        }
        return given.startsWith(DIRECTORY + "///") ? folder(given) : given;
    }

    private static String folder(String given) {
        try {
            return new URI(given).toString();
        } catch (URISyntaxException e) {
            if (given.contains("%")) {
                throw new IllegalArgumentException(
                        "This is no URL: " + e.getReason() + ". A blank is written %20, a percent sign %25.", e);
            }
        }
        try {
            return DIRECTORY + "//"
                    + new URI(null, null, given.substring((DIRECTORY + "//").length()), null).getRawPath();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("This folder cannot be written as a URL: " + e.getReason() + ".", e);
        }
    }

    /** What signs requests: none for a directory, from the file or the environment for S3. */
    public static S3Keys keys(
            Shell shell, Report report, String url, @Nullable String accessKey, @Nullable Path credentials) {
        if (url.startsWith(DIRECTORY)) {
            if (accessKey != null || credentials != null) {
                throw new IllegalArgumentException("A directory takes no keys: they go with s3+https://... .");
            }
            return new S3Keys(null, null);
        }
        if (credentials != null) {
            S3Keys inFile = parsed(credentials, shell.secretFile(credentials, report));
            return accessKey == null ? inFile : new S3Keys(accessKey, inFile.secretKey());
        }
        String key = accessKey != null ? accessKey : shell.variable("AWS_ACCESS_KEY_ID");
        String secret = shell.variable("AWS_SECRET_ACCESS_KEY");
        boolean given = key != null && secret != null;
        if (!given && (url.startsWith("s3") || key != null || secret != null)) {
            throw new IllegalArgumentException(
                    "An S3 vault needs both an access key and its secret: AWS_ACCESS_KEY_ID and"
                            + " AWS_SECRET_ACCESS_KEY, or --s3-credentials FILE.");
        }
        return new S3Keys(key, secret);
    }

    private static S3Keys parsed(Path file, String text) {
        try {
            return S3Keys.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** The passphrase in the file or the environment; empty when there is neither. */
    public static Optional<String> passphrase(Shell shell, Report report, @Nullable Path file) {
        return passphrase(shell, report, file, "HOLDFAST_PASSPHRASE");
    }

    /** The same from another variable of the environment. */
    public static Optional<String> passphrase(Shell shell, Report report, @Nullable Path file, String variable) {
        String given = file == null
                ? shell.variable(variable)
                : shell.secretFile(file, report).lines().findFirst().orElse("");
        if (given != null && (given.length() < 8 || given.length() > 1024)) {
            throw new IllegalArgumentException("A vault's passphrase has 8 to 1024 characters.");
        }
        if (given != null && given.indexOf('\uFFFD') >= 0) {
            throw new IllegalArgumentException("The passphrase in " + variable
                    + " has characters that this locale cannot read: use a UTF-8 locale, or a file.");
        }
        return Optional.ofNullable(given);
    }

    private VaultInputs() {}
}
