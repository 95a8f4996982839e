package io.holdfast.worker;

import io.holdfast.api.RenewLease;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.ViewInfo;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The other two services, in process: answers as told, remembers what was asked. */
final class ScriptedServices {

    final List<OpenView> opened = new CopyOnWriteArrayList<>();
    volatile Function<UUID, VaultAccess> onVaultAccess = vault -> {
        throw unexpected();
    };
    volatile Function<OpenView, ViewInfo> onOpenView = request -> {
        throw unexpected();
    };
    volatile Runnable onRenew = () -> {};
    volatile Runnable onObserve = () -> {};

    /**
     * This, as the other service's interface. Not by implementing it: Quarkus takes every class that does for a resource of
     * the service under test.
     */
    <T> T as(Class<T> api) {
        return api.cast(Proxy.newProxyInstance(api.getClassLoader(), new Class<?>[] {api}, this::call));
    }

    private @Nullable Object call(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
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

    ViewInfo openView(OpenView request) {
        opened.add(request);
        return onOpenView.apply(request);
    }

    ViewInfo observeView(UUID job, RenewLease renew) {
        onObserve.run();
        return onOpenView.apply(opened.getLast());
    }

    ViewInfo renewView(UUID job, RenewLease renew) {
        onRenew.run();
        return onOpenView.apply(opened.getLast());
    }
}
