package io.holdfast.storage;

/** The methods of {@link ObjectStore}, as words for scripts and measurements. */
public enum Operation {
    /** {@link ObjectStore#putIfAbsent}. */
    PUT,
    /** {@link ObjectStore#get}. */
    GET,
    /** {@link ObjectStore#getRange}. */
    RANGE,
    /** {@link ObjectStore#head}. */
    HEAD,
    /** {@link ObjectStore#list(String, String)}. */
    LIST,
    /** {@link ObjectStore#delete}. */
    DELETE
}
