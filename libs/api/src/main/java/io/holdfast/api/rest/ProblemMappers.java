package io.holdfast.api.rest;

import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.holdfast.api.problem.ApiException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.ext.Provider;

/** One registered mapper per kind of failure; JAX-RS picks by type, {@link ProblemMapper} does the work. */
public final class ProblemMappers {

    @Provider
    public static final class OfApi extends ProblemMapper<ApiException> {}

    @Provider
    public static final class OfValidation extends ProblemMapper<ConstraintViolationException> {}

    @Provider
    public static final class OfUnauthorized extends ProblemMapper<UnauthorizedException> {}

    @Provider
    public static final class OfAuthentication extends ProblemMapper<AuthenticationFailedException> {}

    @Provider
    public static final class OfForbidden extends ProblemMapper<ForbiddenException> {}

    @Provider
    public static final class OfWebApplication extends ProblemMapper<WebApplicationException> {}

    /** A body that is JSON of another shape; without this one the framework answers with a body of its own. */
    @Provider
    public static final class OfBody extends ProblemMapper<MismatchedInputException> {}

    @Provider
    public static final class OfAnything extends ProblemMapper<Throwable> {}

    private ProblemMappers() {}
}
