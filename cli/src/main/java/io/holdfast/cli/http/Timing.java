package io.holdfast.cli.http;

import java.time.Duration;

/**
 * How long the client tries.
 *
 * @param connect until a TCP connection stands
 * @param request one try of a request, its whole answer included
 * @param tries of one request, at least 1
 * @param firstBackoff before the second try; doubles up to {@code maxBackoff}, each with a jitter of half
 * @param silence an event stream that says nothing for this long is given up and asked anew
 * @param poll between two questions about a job when there is no event stream
 */
public record Timing(
        Duration connect,
        Duration request,
        int tries,
        Duration firstBackoff,
        Duration maxBackoff,
        Duration silence,
        Duration poll) {

    /** Five tries over about eight seconds: what a restart of the catalog under supervision takes. */
    public static Timing standard() {
        return new Timing(
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                5,
                Duration.ofMillis(500),
                Duration.ofSeconds(4),
                Duration.ofSeconds(20),
                Duration.ofSeconds(1));
    }

    /** The same with another deadline for a request. */
    public Timing withRequest(Duration deadline) {
        return new Timing(connect, deadline, tries, firstBackoff, maxBackoff, silence, poll);
    }

    /** The wait before try number {@code next} (2, 3, ...), without jitter. */
    Duration backoff(int next) {
        Duration doubled = firstBackoff.multipliedBy(1L << Math.min(20, Math.max(0, next - 2)));
        return doubled.compareTo(maxBackoff) < 0 ? doubled : maxBackoff;
    }
}
