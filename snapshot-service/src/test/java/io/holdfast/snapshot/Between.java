package io.holdfast.snapshot;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Stands in front of a real part, for tests that delay its calls or let them fail. */
final class Between {

    /** Before a call; what it throws the caller gets instead of the part's answer. */
    interface Before {
        void call(Method method) throws Throwable;
    }

    static <T> T before(Class<T> port, T part, Before before) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    before.call(method);
                    try {
                        return method.invoke(part, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private Between() {}
}
