package io.holdfast.restore;

import io.holdfast.api.RenewLease;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.target.AbortTarget;
import io.holdfast.api.target.FillTarget;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.vault.VaultAccess;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The other two services, in process: answers as told, remembers what was asked. */
final class ScriptedServices {

    /** Names of all methods that were called, in order. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    final List<OpenTarget> opened = new CopyOnWriteArrayList<>();
    final List<UUID> aborted = new CopyOnWriteArrayList<>();
    final List<FinishTarget> finished = new CopyOnWriteArrayList<>();
    volatile Function<UUID, VaultAccess> onVaultAccess = vault -> {
        throw unexpected();
    };
    volatile Function<OpenTarget, TargetInfo> onOpenTarget = request -> {
        throw unexpected();
    };
    volatile Function<FillTarget, TargetInfo> onFill = request -> {
        throw unexpected();
    };
    volatile Supplier<TargetInfo> onTarget = () -> {
        throw unexpected();
    };
    volatile Supplier<TargetInfo> onFinish = () -> {
        throw unexpected();
    };

    /**
     * This, as the other service's interface. Not by implementing it: Quarkus takes every class that does for a resource of
     * the service under test.
     */
    <T> T as(Class<T> api) {
        return api.cast(Proxy.newProxyInstance(api.getClassLoader(), new Class<?>[] {api}, this::call));
    }

    private @Nullable Object call(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        calls.add(method.getName());
        try {
            return getClass()
                    .getDeclaredMethod(method.getName(), method.getParameterTypes())
                    .invoke(this, arguments);
        } catch (NoSuchMethodException e) {
            throw new AssertionError("not expected to be called: " + method.getName(), e);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static AssertionError unexpected() {
        return new AssertionError("not expected to be called");
    }

    VaultAccess vaultAccess(UUID vault) {
        return onVaultAccess.apply(vault);
    }

    SourceInfo source(String name) {
        return new SourceInfo(
                new UUID(0, 1), name, "test:///default", "libvirt", null, null, "unix", "ok", null, Instant.EPOCH);
    }

    TargetInfo openTarget(OpenTarget request) {
        opened.add(request);
        return onOpenTarget.apply(request);
    }

    TargetInfo target(UUID job) {
        return onTarget.get();
    }

    TargetInfo renewTarget(UUID job, RenewLease renew) {
        return onTarget.get();
    }

    TargetInfo observeTarget(UUID job, RenewLease renew) {
        return onTarget.get();
    }

    TargetInfo fillTarget(UUID job, FillTarget fill) {
        return onFill.apply(fill);
    }

    TargetInfo finishTarget(UUID job, FinishTarget finish) {
        finished.add(finish);
        return onFinish.get();
    }

    void abortTarget(UUID job, AbortTarget abort) {
        aborted.add(job);
    }
}
