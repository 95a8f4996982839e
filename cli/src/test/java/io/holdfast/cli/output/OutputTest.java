package io.holdfast.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.ExitCodes;
import io.holdfast.cli.SizeText;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class OutputTest {

    @Test
    void sizes_have_binary_units_and_one_digit() {
        assertThat(Human.bytes(0)).isEqualTo("0 B");
        assertThat(Human.bytes(1023)).isEqualTo("1023 B");
        assertThat(Human.bytes(1024)).isEqualTo("1.0 KiB");
        assertThat(Human.bytes((1L << 20) - 1)).isEqualTo("1.0 MiB");
        assertThat(Human.bytes(Long.MAX_VALUE)).isEqualTo("8.0 EiB");
    }

    @Test
    void times_name_their_zone() {
        Instant instant = Instant.parse("2026-07-01T10:00:00Z");
        assertThat(Human.time(instant, ZoneId.of("Europe/Berlin"))).isEqualTo("2026-07-01 12:00:00 CEST");
        assertThat(Human.time(null, ZoneId.of("UTC"))).isEmpty();
    }

    @Test
    void durations_are_short() {
        assertThat(Human.duration(Duration.ofMillis(9340))).isEqualTo("9.3s");
        assertThat(Human.duration(Duration.ofSeconds(242))).isEqualTo("4m 02s");
        assertThat(Human.duration(Duration.ofMinutes(185))).isEqualTo("3h 05m");
        assertThat(Human.seconds(Double.NaN)).isEmpty();
    }

    @Test
    void columns_are_as_wide_as_their_widest_cell() {
        var lines = new Table("A", ">N").row("long", "1").row("ü", "100").lines();
        assertThat(lines).containsExactly("A       N", "long    1", "ü     100");
    }

    @Test
    void scratch_limits_are_read_in_binary_units() {
        SizeText text = new SizeText();
        assertThat(text.convert("1048576")).isEqualTo(1L << 20);
        assertThat(text.convert("20GiB")).isEqualTo(20L << 30);
        assertThat(text.convert("20G")).isEqualTo(20L << 30);
    }

    @Test
    void every_code_has_an_exit_code_of_the_table() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(ExitCodes.of(code)).as(code.wire()).isBetween(1, 5);
        }
        assertThat(ExitCodes.of(ErrorCode.POINT_NOT_FOUND)).isEqualTo(3);
        assertThat(ExitCodes.of(ErrorCode.VM_BUSY)).isEqualTo(4);
        assertThat(ExitCodes.of(ErrorCode.FORBIDDEN)).isEqualTo(4);
        assertThat(ExitCodes.of(ErrorCode.INTERNAL)).isEqualTo(1);
        assertThat(ExitCodes.of(ErrorCode.OUTCOME_UNKNOWN)).isEqualTo(5);
    }
}
