/**
 * Objects as files below one directory of a local disk or a mounted share. A key is the file's relative path.
 *
 * <p>A put writes a file of its own in {@code .tmp}, syncs it, and publishes it with {@code link(2)}, which is atomic and
 * fails when the name exists, on local file systems and on NFS alike (a rename would replace). Then the directory is
 * synced. So no reader, and no restart, ever sees half an object.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.storage.directory;
