/**
 * The NBD protocol (fixed newstyle) as a client and as a server. Whoever has the data serves it over NBD; whoever wants it
 * pulls.
 *
 * <ul>
 *   <li>{@link io.holdfast.nbd.NbdClient} reads an export of any server: data, allocation, dirty bitmaps.
 *   <li>{@link io.holdfast.nbd.NbdServer} serves {@link io.holdfast.nbd.NbdExport}s, read-only.
 *   <li>Every failure is an {@link io.holdfast.nbd.NbdException} with a kind. A peer is hostile: lengths, counts and
 *       strings it sends are bounded before anything is allocated, and one that stalls times out.
 * </ul>
 *
 * Source of the protocol: doc/proto.md of the NetworkBlockDevice project. Extended headers (64 bit) are neither asked for
 * nor offered.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.nbd;
