package io.holdfast.api;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/** Where one disk is served over NBD. The export name is a secret: it never reaches a log. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "transport")
@JsonSubTypes({
    @JsonSubTypes.Type(value = NbdEndpoint.Unix.class, name = "unix"),
    @JsonSubTypes.Type(value = NbdEndpoint.Tls.class, name = "tls")
})
public sealed interface NbdEndpoint {

    /** The export's name. */
    String exportName();

    /** A unix socket on this machine; the path has at most 107 bytes, the kernel's limit. */
    record Unix(
            @NotBlank @Size(max = 107) String socket,
            @NotBlank @Size(max = 1024) String exportName) implements NbdEndpoint {
        @Override
        public String toString() {
            return "nbd+unix:" + socket;
        }
    }

    /** TCP with mutual TLS. */
    record Tls(
            @NotBlank @Size(max = 255) String host,
            int port,
            @NotBlank @Size(max = 1024) String exportName) implements NbdEndpoint {
        @Override
        public String toString() {
            return "nbds:" + host + ":" + port;
        }
    }
}
