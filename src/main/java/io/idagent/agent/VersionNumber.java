package io.idagent.agent;

import java.util.Optional;

/** The version that the build wrote into the jar. */
public final class VersionNumber {

    private VersionNumber() {}

    public static String get() {
        return Optional.ofNullable(VersionNumber.class.getPackage().getImplementationVersion())
                .orElse("unpackaged");
    }
}
