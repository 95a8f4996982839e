package io.holdfast.local.suite;

/** What somebody asked for is not done, by a rule or because a value is wrong; the message is a sentence for people. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int exitCode;

    private RefusedException(int exitCode, String sentence) {
        super(sentence);
        this.exitCode = exitCode;
    }

    /** A value that was given cannot be used. */
    public static RefusedException wrongValue(String sentence) {
        return new RefusedException(2, sentence);
    }

    /** The value is fine, what is there forbids it. */
    public static RefusedException byRule(String sentence) {
        return new RefusedException(4, sentence);
    }

    /** As the command line's table of exit codes has it. */
    public int exitCode() {
        return exitCode;
    }
}
