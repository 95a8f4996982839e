package io.holdfast.catalog.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** The built-in token issuer. */
@ConfigMapping(prefix = "holdfast.issuer")
public interface IssuerConfig {

    /** Off where the organisation's own provider issues the tokens. */
    @WithDefault("true")
    boolean enabled();

    /** Key and token files; 0700. */
    Path directory();
}
