package io.holdfast.snapshot.libvirt;

import io.holdfast.snapshot.app.Pause;
import io.holdfast.snapshot.app.Settings;
import io.holdfast.snapshot.domain.Source;
import java.time.InstantSource;

/** What every part of one source's driver needs. */
record SourceContext(
        Source source, LibvirtConnection connection, Settings settings, Pause pause, InstantSource clock) {}
