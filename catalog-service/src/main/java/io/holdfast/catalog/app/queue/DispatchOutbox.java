package io.holdfast.catalog.app.queue;

import io.holdfast.api.TextRule;
import io.holdfast.api.problem.ApiException;
import io.holdfast.catalog.app.port.Hypervisors;
import io.holdfast.catalog.app.port.Meters;
import io.holdfast.catalog.app.port.OutboxStore;
import io.holdfast.catalog.app.port.OutboxStore.Message;
import io.holdfast.catalog.app.port.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Tells snapshot-service what became of jobs and vaults: at least once, in order per job, for ever until it worked. No transaction is
 * open while a message is under way; the claim keeps other replicas off.
 */
@ApplicationScoped
public class DispatchOutbox {

    private static final Logger LOG = Logger.getLogger(DispatchOutbox.class);

    private static final int MAX_ERROR = 1000;

    private final OutboxStore outbox;
    private final Hypervisors hypervisors;
    private final Meters meters;
    private final Settings settings;

    DispatchOutbox(OutboxStore outbox, Hypervisors hypervisors, Meters meters, Settings settings) {
        this.outbox = outbox;
        this.hypervisors = hypervisors;
        this.meters = meters;
        this.settings = settings;
    }

    /** Delivers one message that is due; whether there was one. */
    public boolean runOne() {
        // One at a time: a batch could outlive its claim while the first of it waits for a slow answer.
        List<Message> messages = outbox.claim(1, settings.outboxHold());
        messages.forEach(this::deliver);
        return !messages.isEmpty();
    }

    private void deliver(Message message) {
        try {
            hypervisors.tell(message);
        } catch (ApiException e) {
            failed(message, e.code().wire() + ": " + e.detail());
            return;
        } catch (RuntimeException e) {
            LOG.errorf(e, "%s: telling snapshot-service %s failed", message.about(), message.kind());
            failed(message, "internal: " + e.getClass().getSimpleName());
            return;
        }
        outbox.delivered(message);
        LOG.infof("%s: told snapshot-service %s", message.about(), message.kind());
    }

    private void failed(Message message, String error) {
        meters.outboxFailed();
        String text = TextRule.mended(error, MAX_ERROR);
        outbox.failed(message, settings.outbox().after(message.tries()), text);
        LOG.warnf("%s: snapshot-service was not told %s yet: %s", message.about(), message.kind(), text);
    }
}
