package io.holdfast.cli.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.nbd.NbdAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class NbdUriTest {

    @Test
    void both_forms_are_read_and_decoded() {
        assertThat(NbdUri.parse("nbd+unix:///the%20disk?socket=/run/a+b%2Fc"))
                .isEqualTo(new NbdUri(new NbdAddress.Unix(Path.of("/run/a+b/c")), "the disk"));
        assertThat(NbdUri.parse("nbd://localhost/x"))
                .isEqualTo(new NbdUri(new NbdAddress.Tcp("localhost", 10809), "x"));
        assertThat(NbdUri.parse("nbd://[::1]:99/")).isEqualTo(new NbdUri(new NbdAddress.Tcp("::1", 99), ""));
    }

    @Test
    void what_is_something_else_is_refused() {
        for (String wrong : List.of(
                "nbd://far.example/x",
                "nbd://localhost/a#b",
                "nbd://user@localhost/a",
                "nbd://localhost/a?b=c",
                "nbds://localhost/x",
                "nbds+unix:///x?socket=/s",
                "nbd+unix:///x",
                "nbd+unix://host/x?socket=/s",
                "nbd+unix:///x?socket=/s&other=1",
                "nbd+unix:///x?socket=relative",
                "nbd: //x")) {
            assertThat(NbdUri.isOne(wrong)).as(wrong).isTrue();
            assertThatThrownBy(() -> NbdUri.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(NbdUri.isOne("nbdsomething.raw")).isFalse();
        assertThat(NbdUri.isOne("/srv/nbd.raw")).isFalse();
    }

    @Test
    void one_export_is_one_however_its_server_is_called() {
        assertThat(NbdUri.parse("nbd://localhost:9/x").identity())
                .isEqualTo(NbdUri.parse("nbd://127.0.0.1:9/x").identity())
                .isNotEqualTo(NbdUri.parse("nbd://127.0.0.1:9/y").identity());
        assertThat(NbdUri.parse("nbd+unix:///x?socket=/tmp/../tmp/a").identity())
                .isEqualTo(NbdUri.parse("nbd+unix:///x?socket=/tmp/a").identity());
    }
}
