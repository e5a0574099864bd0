package io.idagent.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Documents that a real libvirt wrote. */
final class Samples {

    private Samples() {}

    static String read(String name) throws IOException {
        try (InputStream in = Samples.class.getResourceAsStream("/libvirt/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
