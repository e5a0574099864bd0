package io.idagent.cli;

import io.idagent.agent.VersionNumber;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"libvirt-id-agent " + VersionNumber.get()};
    }
}
