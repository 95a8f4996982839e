package io.holdfast.worker.app;

import io.holdfast.api.job.Progress;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.api.view.ViewInfo.ViewDisk;
import io.holdfast.jobs.JobContext;

/** Reads the disks of a view into a point, one after the other. */
final class ViewReading {

    private final DiskConnector disks;
    private final ViewInfo view;
    private final boolean changesOnly;
    private final JobContext context;
    private final long totalBytes;

    /** {@code changesOnly}: whether the vault can be read against the points that the view's changes count from. */
    ViewReading(DiskConnector disks, ViewInfo view, boolean changesOnly, JobContext context) {
        this.changesOnly = changesOnly;
        this.disks = disks;
        this.view = view;
        this.context = context;
        this.totalBytes =
                view.disks().stream().mapToLong(ViewDisk::virtualBytes).sum();
    }

    void storeDisks(OpenVault.Writing writing) throws InterruptedException {
        if (view.disks().isEmpty()) {
            throw new ApiException(ErrorCode.VM_WITHOUT_DISKS, "The VM has no disk that can be backed up.");
        }
        long before = 0;
        for (ViewDisk disk : view.disks()) {
            storeDisk(writing, disk, before);
            before += disk.virtualBytes();
        }
    }

    private void storeDisk(OpenVault.Writing writing, ViewDisk disk, long before) throws InterruptedException {
        context.progress(read(disk, before));
        try (var connected = disks.connect(changesOnly ? disk : inFull(disk))) {
            writing.backup(connected, p -> context.progress(read(disk, before + p.position())));
        }
    }

    private static ViewDisk inFull(ViewDisk disk) {
        String reason = disk.fullReason();
        if (disk.changedContext() != null) {
            reason = "The base point in the vault cannot be used.";
        }
        return new ViewDisk(disk.key(), disk.virtualBytes(), disk.format(), disk.endpoint(), null, null, reason);
    }

    private Progress read(ViewDisk disk, long doneBytes) {
        return new Progress("read", doneBytes, totalBytes, disk.key(), null, null);
    }
}
