package io.holdfast.local.suite;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/** Passwords and keys of one suite: made once, kept in files that only the owner reads, never passed as arguments. */
record Secrets(Home home) {

    /** The path of a file with 32 random bytes in base64, made when absent. */
    Path keyFile(String name) {
        Path file = home.secrets().resolve(name);
        if (Home.readIfPresent(file) == null) {
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            Home.privateFile(file, Base64.getEncoder().encodeToString(random));
        }
        return file;
    }

    /** A password of letters and digits, made when absent. */
    String password(String name) {
        Path file = home.secrets().resolve(name);
        String known = Home.readIfPresent(file);
        if (known != null) {
            return known;
        }
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        String fresh = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(random)
                .replace('-', 'x')
                .replace('_', 'y');
        Home.privateFile(file, fresh);
        return fresh;
    }
}
