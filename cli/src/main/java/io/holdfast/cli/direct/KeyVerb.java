package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Shell;
import io.holdfast.cli.command.VaultInputs;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.VaultKeys;
import io.holdfast.vault.VaultKeys.Slot;
import io.holdfast.vault.VaultOptions;
import io.holdfast.vault.VaultSecret;
import io.holdfast.vault.access.Stores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast direct key}. */
@Command(
        description = {
            "List, add, remove or rotate what opens a vault: passphrases and key files.",
            "Nothing that is stored is written anew. A removed secret opens nothing any more, but for whoever kept a copy of the vault's"
                    + " key slots, or of older versions in its bucket: after a leak copy the points into a new vault.",
            "A suite opens its vault with the secret that it was added with: do not remove or rotate that one, add others beside it."
        })
final class KeyVerb extends DirectVerb {

    enum Act {
        LIST,
        ADD,
        REMOVE,
        ROTATE
    }

    @Parameters(
            index = "1",
            paramLabel = "ACT",
            description =
                    "list; add: let another secret open the vault; remove SLOT; rotate: put another secret in the place of the"
                            + " one that is used now.")
    private Act act = Act.LIST;

    @Parameters(index = "2", arity = "0..1", paramLabel = "SLOT", description = "For remove: the slot's id, as listed.")
    private @Nullable String slot;

    @Option(
            names = "--new-passphrase-file",
            paramLabel = "FILE",
            description =
                    "For add and rotate: a file whose first line is the new passphrase. Default: $HOLDFAST_NEW_PASSPHRASE.")
    private @Nullable Path newPassphrase;

    @Option(
            names = "--new-key-file",
            paramLabel = "FILE",
            description =
                    "For add and rotate: a key file, 32 bytes to 64 KiB, random; one that is not there is made. Default: a"
                            + " passphrase.")
    private @Nullable Path newKeyFile;

    KeyVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected void check() {
        if ((slot != null) != (act == Act.REMOVE)) {
            throw usage("'remove' takes the id of a slot, and only that.");
        }
        boolean gives = act == Act.ADD || act == Act.ROTATE;
        if (!gives && (newPassphrase != null || newKeyFile != null)) {
            throw usage("A new secret goes with add and rotate.");
        }
        if (newPassphrase != null && newKeyFile != null) {
            throw usage("Give either a new passphrase or a new key file.");
        }
    }

    @Override
    protected int run(Place place, Report report) {
        try (ObjectStore store =
                Stores.open(place.url(), place.keys().accessKey(), place.keys().secretKey())) {
            switch (act) {
                case LIST -> list(VaultKeys.list(store, place.secret()), report);
                case REMOVE -> {
                    String id = String.valueOf(slot);
                    VaultKeys.remove(store, place.secret(), id);
                    report.result(Map.of("removed", id), "key slot " + id + " removed");
                }
                case ADD, ROTATE -> give(store, place, report);
            }
            return 0;
        } catch (VaultException e) {
            throw translated(e);
        }
    }

    private void give(ObjectStore store, Place place, Report report) {
        try (VaultSecret fresh = fresh(store, place, report)) {
            VaultOptions options = VaultOptions.defaults();
            if (act == Act.ADD) {
                String id = VaultKeys.add(store, place.secret(), fresh, options);
                report.result(Map.of("added", id), "key slot " + id + " added");
            } else {
                String id = VaultKeys.rotate(store, place.secret(), fresh, options);
                report.result(
                        Map.of("added", id), "key slot " + id + " opens the vault now, the one before it was removed");
            }
        }
    }

    private VaultSecret fresh(ObjectStore store, Place place, Report report) {
        Path file = newKeyFile;
        if (file != null) {
            if (!Files.exists(file)) {
                // A file that opens nothing would only be kept in vain: the vault has to open first.
                VaultKeys.list(store, place.secret());
                Secrets.makeKeyFile(file);
                report.note("the key file " + file + " was made: keep it apart from this machine and from the vault.");
            }
            return given(() -> Secrets.keyFile(shell(), file, report));
        }
        return given(() -> VaultInputs.passphrase(shell(), report, newPassphrase, "HOLDFAST_NEW_PASSPHRASE"))
                .map(Passphrase::of)
                .orElseThrow(
                        () -> usage("What is the new secret? HOLDFAST_NEW_PASSPHRASE, --new-passphrase-file FILE or"
                                + " --new-key-file FILE."));
    }

    private static void list(List<Slot> slots, Report report) {
        report.result(
                slots.stream()
                        .map(one -> Map.of("slot", one.id(), "kind", kind(one), "used", one.used()))
                        .toList(),
                () -> {
                    Table table = new Table("SLOT", "KIND", "");
                    slots.forEach(one -> table.row(one.id(), kind(one), one.used() ? "used now" : ""));
                    return table;
                });
    }

    private static String kind(Slot slot) {
        return slot.keyFile() ? "key-file" : "passphrase";
    }

    private RuntimeException translated(VaultException e) {
        boolean named = slot != null && e.object().filter(slot::equals).isPresent();
        return switch (e.kind()) {
            case CONFLICT ->
                new ApiException(ErrorCode.VAULT_IN_USE, "Nothing was changed: " + e.getMessage() + ".", e);
            case MISSING ->
                named ? new ApiException(ErrorCode.NOT_FOUND, "Nothing was changed: " + e.getMessage() + ".", e) : e;
            default -> e;
        };
    }
}
