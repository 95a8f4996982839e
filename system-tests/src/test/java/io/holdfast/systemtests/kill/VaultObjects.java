package io.holdfast.systemtests.kill;

import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.SuiteFile;
import io.holdfast.storage.Credentials;
import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.ObjectStoreUrl;
import io.holdfast.storage.minio.ObjectStores;
import io.holdfast.storage.minio.StoreOptions;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.Vault;
import io.holdfast.vault.format.Keys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is in the vault, looked at without the proxy. */
record VaultObjects(Home home, String passphrase) {

    private static final String PACKS = "packs/";

    /**
     * Packs as the points see them.
     *
     * @param missing needed by a point and not there
     * @param unreferenced how many are there and needed by none: what attempts that died had written
     */
    record Packs(List<String> missing, int unreferenced, int all) {}

    /** Names of the manifests. */
    List<String> manifests() throws IOException {
        try (ObjectStore store = store()) {
            return names(store, Keys.POINTS);
        }
    }

    Packs packs() throws IOException {
        try (ObjectStore store = store();
                Passphrase opens = Passphrase.of(passphrase);
                Vault vault = Vault.open(store, opens)) {
            Set<String> there = names(store, PACKS).stream()
                    .map(name -> name.substring(name.lastIndexOf('/') + 1))
                    .collect(Collectors.toSet());
            Set<String> needed = vault.vms().stream()
                    .flatMap(vm -> vault.points(vm).stream())
                    .flatMap(point -> point.packs())
                    .collect(Collectors.toSet());
            List<String> missing =
                    needed.stream().filter(id -> !there.contains(id)).sorted().toList();
            int unreferenced =
                    (int) there.stream().filter(id -> !needed.contains(id)).count();
            return new Packs(missing, unreferenced, there.size());
        }
    }

    private static List<String> names(ObjectStore store, String prefix) {
        try (Stream<ObjectInfo> listed = store.list(prefix)) {
            return listed.map(info -> info.key().value()).toList();
        }
    }

    private ObjectStore store() throws IOException {
        SuiteFile file = SuiteFile.of(home);
        Credentials keys = Credentials.read(Path.of(file.objectsCredentialsFile()));
        ObjectStoreUrl url = ObjectStoreUrl.parse("s3+" + file.objects() + "/" + file.bucket() + "/vault");
        return ObjectStores.open(url, Optional.of(keys), StoreOptions.standard());
    }

    @Override
    public String toString() {
        return "VaultObjects[" + home.root() + "]";
    }
}
