package io.holdfast.storage.minio;

/** The contract on a plain bucket of a real MinIO, which the product itself makes. */
class RealMinioObjectStoreTest extends MinioContract {

    @Override
    protected void makeBucket(MinioOwner owner) {
        open(server(), BUCKET, options().creating()).close();
    }
}
