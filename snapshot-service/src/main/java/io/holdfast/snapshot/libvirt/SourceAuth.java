package io.holdfast.snapshot.libvirt;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.holdfast.api.source.SourceCredentials;
import java.nio.charset.StandardCharsets;
import org.libvirt.ConnectAuth;
import org.libvirt.jna.virConnectCredential;

/**
 * Answers libvirt's questions for a user and a password while a connection is opened. The binding's own way to answer hands
 * libvirt memory that both sides then free; here it is libvirt's alone.
 */
final class SourceAuth extends ConnectAuth {

    // virConnectCredential: int type; char *prompt, *challenge, *defresult, *result; unsigned int resultlen.
    private static final int RESULT = 4 * Native.POINTER_SIZE;
    private static final int RESULT_LENGTH = 5 * Native.POINTER_SIZE;
    private static final int SIZE = 6 * Native.POINTER_SIZE;
    private static final int MAX_QUESTIONS = 16;

    private final SourceCredentials credentials;

    SourceAuth(SourceCredentials credentials) {
        this.credentials = credentials;
        this.credType = new CredentialType[] {
            CredentialType.VIR_CRED_USERNAME,
            CredentialType.VIR_CRED_AUTHNAME,
            CredentialType.VIR_CRED_PASSPHRASE,
            CredentialType.VIR_CRED_NOECHOPROMPT
        };
    }

    @Override
    public int authCallback(virConnectCredential first, int count, Pointer data) {
        // Written back it would put the binding's memory over ours.
        first.setAutoWrite(false);
        if (count < 0 || count > MAX_QUESTIONS) {
            return -1;
        }
        for (int i = 0; i < count; i++) {
            Pointer question = first.getPointer().share((long) i * SIZE);
            String answer = answer(CredentialType.mapFromInt(question.getInt(0)));
            if (answer == null) {
                return -1;
            }
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            Pointer given = new Pointer(Native.malloc(bytes.length + 1L));
            given.write(0, bytes, 0, bytes.length);
            given.setByte(bytes.length, (byte) 0);
            question.setPointer(RESULT, given);
            question.setInt(RESULT_LENGTH, bytes.length);
        }
        return 0;
    }

    private @org.jspecify.annotations.Nullable String answer(CredentialType asked) {
        return switch (asked) {
            case VIR_CRED_USERNAME, VIR_CRED_AUTHNAME -> credentials.user();
            case VIR_CRED_PASSPHRASE, VIR_CRED_NOECHOPROMPT -> credentials.password();
            default -> null;
        };
    }

    @Override
    public int callback(Credential[] questions) {
        throw new IllegalStateException("answered already");
    }
}
