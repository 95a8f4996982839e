package io.holdfast.storage.minio;

/** The contract on a bucket that locks every object for a day; what the lock itself does: {@link ObjectLockFactsTest}. */
class LockedMinioObjectStoreTest extends MinioContract {

    @Override
    protected void makeBucket(MinioOwner owner) throws Exception {
        owner.makeLockedBucket(BUCKET);
    }
}
