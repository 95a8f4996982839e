package io.holdfast.api;

/** Roles in a token's {@code groups}. Each one is checked where it is needed; none includes another by itself. */
public final class Role {
    /** Reads everything but secrets. */
    public static final String VIEWER = "viewer";
    /** Makes and cancels jobs. */
    public static final String OPERATOR = "operator";
    /** Adds and removes sources and vaults. */
    public static final String ADMIN = "admin";
    /** A service: leases jobs, opens views and targets, reads what opens a vault. */
    public static final String WORKER = "worker";

    private Role() {}
}
