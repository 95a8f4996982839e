package io.holdfast.snapshot.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceUriTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qemu+ssh://h/system?command=/bin/x",
                "qemu+ssh://h/system?Command=/bin/x",
                "qemu+ssh://h/system?mode=direct;COMMAND=/bin/x",
                "qemu+ssh://h/system?c%6Fmmand=/bin/x",
                "qemu+ssh://h/system?mode=direct&netcat=/bin/x",
                "qemu+ssh://h/system?proxy=always",
                "qemu+tls://h/system?no_verify=1",
                "qemu+libssh2://h/system?known_hosts_verify=ignore",
                "qemu:///system?name=test:///default",
                "qemu:///session?socket=/a&socket=/b",
                "qemu:///session?socket=/a%0Ab",
                "qemu:///session?socket=%zz",
                "qemu+ext://h/system",
                "qemu+ssh://-oProxyCommand=x/system",
                "qemu+ssh://-x@h/system",
                "qemu+ssh://h/system#x",
                "qemu:///system/x",
                "test:///default",
                "x y"
            })
    void whatCouldRunAProgramOrTurnCheckingOffIsRefused(String uri) {
        assertThat(refusal(uri).code()).isEqualTo(ErrorCode.SOURCE_SCHEME_UNSUPPORTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu+tls://bob:hunter2@h/system", "qemu+ssh://bob%3Ahunter2@h/system"})
    void aPasswordInAUriIsRefusedAndNotRepeated(String uri) {
        ApiException refusal = refusal(uri);
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refusal.detail()).doesNotContain("hunter2");
    }

    @Test
    void aUriThatCannotBeReadIsNotRepeated() {
        assertThat(refusal("qemu+tls://bob:hunter2 @h/system")).hasStackTraceContaining("libvirt URI");
        assertThat(org.assertj.core.util.Throwables.getStackTrace(refusal("qemu+tls://bob:hunter2 @h/system")))
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qemu:///system",
                "qemu:///session?socket=/run/user/1000/libvirt/libvirt-sock",
                "qemu+unix:///system?socket=/a%20b",
                "qemu+ssh://root@localhost/system"
            })
    void onThisMachineDisksAreHandedOverThroughUnixSockets(String uri) {
        assertThat(SourceUri.check(uri).remote()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qemu+tls://host.example/system?pkipath=/etc/pki/x",
                "qemu+ssh://admin@10.0.0.7:2222/system?keyfile=/k&no_tty=1",
                "qemu+libssh2://host/session?known_hosts=/k;sshauth=privkey"
            })
    void fromAnotherMachineOverTls(String uri) {
        assertThat(SourceUri.check(uri).remote()).isTrue();
    }

    private static ApiException refusal(String uri) {
        return catchThrowableOfType(ApiException.class, () -> SourceUri.check(uri));
    }
}
