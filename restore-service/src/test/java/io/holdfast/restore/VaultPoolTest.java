package io.holdfast.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.rest.RunnerApi;
import io.holdfast.restore.app.OpenVault;
import io.holdfast.restore.app.VaultPool;
import io.holdfast.restore.vault.EngineDoor;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import io.holdfast.vault.PointManifest;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vaults that stay open, and stores that fail below them. */
@Timeout(60)
class VaultPoolTest {

    @TempDir
    Path folder;

    private final ScriptedServices services = new ScriptedServices();
    private final EngineDoor door = new EngineDoor(8 << 20);
    /** What became of each vault that was opened. */
    private final List<String> opened = new CopyOnWriteArrayList<>();

    private volatile @Nullable StorageException failure;
    private final VaultPool pool =
            new VaultPool(services.as(RunnerApi.class), access -> watched(door.open(access)), 2, System::nanoTime);

    @SuppressWarnings("NullAway.Init")
    private VaultOfTwoDisks vault;

    @BeforeEach
    void aVault() throws Exception {
        vault = new VaultOfTwoDisks(folder.resolve("v"), services);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private OpenVault watched(OpenVault real) {
        int number = opened.size();
        opened.add("open");
        return (OpenVault) Proxy.newProxyInstance(
                OpenVault.class.getClassLoader(), new Class<?>[] {OpenVault.class}, (proxy, method, arguments) -> {
                    StorageException now = failure;
                    if (method.getName().equals("close")) {
                        opened.set(number, "closed");
                    } else if (now != null) {
                        throw now;
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private Optional<PointManifest> point(VaultPool.Use use) {
        return use.vault().point(vault.point.id(), MadePoint.VM, OptionalLong.empty());
    }

    @ParameterizedTest
    @EnumSource(names = {"DENIED", "NO_SUCH_STORE", "UNAVAILABLE"})
    void aVaultWhoseStoreFailedIsOpenedAnewAndClosedWhenTheLastHasLeft(Kind kind) {
        VaultPool.Use one = pool.acquire(vault.id);
        VaultPool.Use two = pool.acquire(vault.id);
        assertThat(opened).containsExactly("open");
        failure = new StorageException(kind, "scripted");
        assertThatThrownBy(() -> point(one)).isSameAs(failure);
        assertThatThrownBy(() -> point(two)).isSameAs(failure);
        failure = null;
        try (VaultPool.Use three = pool.acquire(vault.id)) {
            assertThat(point(three)).contains(vault.point);
            assertThat(opened).containsExactly("open", "open");
            one.close();
            assertThat(opened).containsExactly("open", "open");
            two.close();
            assertThat(opened).containsExactly("closed", "open");
        }
        pool.acquire(vault.id).close();
        assertThat(opened).containsExactly("closed", "open");
    }

    @Test
    void aReadThatFailsGivesTheVaultUpToo() throws Exception {
        try (VaultPool.Use use = pool.acquire(vault.id)) {
            OpenVault.DiskBytes disk = use.vault().disk(vault.point, "vda");
            assertThat(disk.data(0, 4096)).isNotEmpty();
            Files.move(folder.resolve("v"), folder.resolve("away"));
            assertThatThrownBy(() -> disk.read(15 << 20, ByteBuffer.allocate(4096)))
                    .isInstanceOf(StorageException.class);
            assertThat(pool.size()).isZero();
        }
        assertThat(opened).containsExactly("closed");
    }

    @Test
    void damageOfAnObjectIsNoReasonToGiveAVaultUp() {
        try (VaultPool.Use one = pool.acquire(vault.id)) {
            failure = new StorageException(Kind.NOT_FOUND, "scripted");
            assertThatThrownBy(() -> point(one)).isSameAs(failure);
            failure = null;
            pool.acquire(vault.id).close();
        }
        assertThat(opened).containsExactly("open");
    }

    @Test
    void aShareThatWasMountedAnewIsUsedAgainAtOnce() throws Exception {
        Path share = folder.resolve("v");
        try (VaultPool.Use before = pool.acquire(vault.id)) {
            Files.move(share, folder.resolve("away"));
            assertThatThrownBy(() -> point(before)).isInstanceOf(StorageException.class);
            copy(folder.resolve("away"), share);
            try (VaultPool.Use after = pool.acquire(vault.id)) {
                assertThat(point(after)).contains(vault.point);
            }
        }
    }

    /** Other files, as a mount with another device number shows them. */
    private static void copy(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }
}
