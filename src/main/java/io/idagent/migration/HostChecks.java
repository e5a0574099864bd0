package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.migration.MigrationFinding.Kind;
import io.idagent.platform.QemuConf;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/** How either host is set up. */
final class HostChecks implements Check {

    private static final String RESTART = " and systemctl restart libvirtd";

    @Override
    public void look(MigrationFacts facts, Findings found) {
        unseen(facts, found);
        facts.other().ifPresent(there -> sameHost(facts.here(), there, found));
        facts.other().ifPresent(there -> destination(facts, there, found));
        for (MigrationFacts.Side side : facts.sides()) {
            Fact.valueOf(side.look()).ifPresent(look -> {
                name(side, look, found);
                configuration(side, look, found);
                look.clusterManager().ifPresent(program -> managed(side, program, found));
            });
        }
    }

    private static void unseen(MigrationFacts facts, Findings found) {
        facts.there()
                .flatMap(Fact::whyUnknown)
                .ifPresent(why -> found.error(
                        Kind.OTHER_SIDE_NOT_SEEN,
                        Optional.empty(),
                        "the other side was not reached: " + why,
                        "libvirt here connects to it in the same way, as root and without anybody who could type a"
                                + " password",
                        "as root: virsh -c 'URI?no_tty=1' uri, until that answers; an ssh key without a passphrase"
                                + " for root is what is mostly missing"));
        for (MigrationFacts.Side side : facts.sides()) {
            side.look()
                    .whyUnknown()
                    .ifPresent(why -> found.unknown(
                            Kind.NOT_SEEN,
                            Optional.empty(),
                            "files and configuration of " + side.name() + " were not seen: " + why,
                            "whether it reaches the images is not known",
                            "mend the reason, and run this again"));
        }
    }

    private static void managed(MigrationFacts.Side side, String program, Findings found) {
        found.error(
                Kind.MANAGED_ELSEWHERE,
                Optional.empty(),
                program + " runs on " + side.name(),
                "a cluster that does not find a guest where it was started starts it a second time, on the same disk",
                "have the cluster move its guests, or set its resources unmanaged (pcs resource unmanage); then evacuate"
                        + " --although-managed");
    }

    private static void sameHost(MigrationFacts.Side here, MigrationFacts.Side there, Findings found) {
        if (here.libvirt().hostUuid().equals(there.libvirt().hostUuid())) {
            found.error(
                    Kind.SAME_HOST,
                    Optional.empty(),
                    "both sides call themselves host " + here.libvirt().hostUuid(),
                    "libvirt refuses to move a guest to the host it is on",
                    "name another host; or, where mainboards have all the same number, set host_uuid in"
                            + " /etc/libvirt/libvirtd.conf (uuidgen makes one)" + RESTART);
        }
    }

    /** The address that guests are sent to is the name of the other side's host, as this side resolves it. */
    private static void destination(MigrationFacts facts, MigrationFacts.Side there, Findings found) {
        String name = there.name();
        Optional<List<String>> addresses = Fact.valueOf(facts.otherSeenAt());
        String from = facts.here().name();
        String wrong = null;
        if (name.startsWith("localhost")) {
            wrong = "calls itself " + name;
        } else if (addresses.filter(List::isEmpty).isPresent()) {
            wrong = "has a name that " + from + " cannot resolve";
        } else if (addresses
                .filter(known -> known.stream().allMatch(HostChecks::isLoopback))
                .isPresent()) {
            wrong = "has a name that means the host itself on " + from + " (" + String.join(", ", addresses.get())
                    + ")";
        }
        if (wrong != null) {
            found.error(
                    Kind.HOST_NAME,
                    Optional.empty(),
                    name + " " + wrong,
                    "libvirt makes the address that guests are sent to from this name",
                    "on " + from
                            + ": put its address and name into /etc/hosts, or into DNS; hostnamectl sets the name on the"
                            + " other one");
        }
    }

    /** As Debian's installer leaves it. Others may resolve it rightly all the same. */
    private static void name(MigrationFacts.Side side, HostLook look, Findings found) {
        List<String> addresses = look.resolvesTo();
        String wrong = null;
        if (look.name().startsWith("localhost")) {
            wrong = "is called " + look.name();
        } else if (addresses.isEmpty()) {
            wrong = "cannot resolve its own name";
        } else if (addresses.stream().allMatch(HostChecks::isLoopback)) {
            wrong = "resolves its own name to " + String.join(", ", addresses);
        }
        if (wrong != null) {
            found.warning(
                    Kind.HOST_NAME,
                    Optional.empty(),
                    side.name() + " " + wrong,
                    "libvirt makes the address that guests are sent to from this name; other hosts may not reach it",
                    "on " + side.name() + ": put its real address and name into /etc/hosts, or into DNS, and set"
                            + " the name with hostnamectl");
        }
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static void configuration(MigrationFacts.Side side, HostLook look, Findings found) {
        if (look.sharesEtcLibvirt()) {
            found.error(
                    Kind.ETC_LIBVIRT_SHARED,
                    Optional.empty(),
                    "/etc/libvirt on " + side.name() + " lies on a shared file system ("
                            + look.etcLibvirt().orElseThrow().type() + ")",
                    "each host takes the guests of the others for its own and may start them a second time",
                    "give each host its own /etc/libvirt");
        }
        for (String file : List.of("libvirtd.conf", "virtproxyd.conf")) {
            if (look.setting(file + " auth_tcp").filter("none"::equals).isPresent()) {
                found.warning(
                        Kind.AUTH_TCP_NONE,
                        Optional.empty(),
                        "/etc/libvirt/" + file + " on " + side.name() + " has auth_tcp = \"none\"",
                        "whoever reaches libvirt's TCP port is root on this host, without a password",
                        "on " + side.name() + ": take the line out" + RESTART + "; migrate over qemu+ssh or TLS");
            }
        }
        if (look.setting("qemu.conf allow_disk_format_probing")
                .filter(value -> !value.equals("0"))
                .isPresent()) {
            found.warning(
                    Kind.FORMAT_PROBING,
                    Optional.empty(),
                    "/etc/libvirt/qemu.conf on " + side.name() + " has allow_disk_format_probing = 1",
                    "a guest that writes the beginning of a qcow2 image into its disk can read files of the host; and"
                            + " what runs here by guessing does not run where nobody guesses",
                    "name the format of each disk (virsh edit), then take the line out" + RESTART);
        }
        for (String half : List.of("user", "group")) {
            look.setting("qemu.conf " + half)
                    .filter(QemuConf::namesNumber)
                    .ifPresent(number -> found.warning(
                            Kind.NUMERIC_USER,
                            Optional.empty(),
                            "/etc/libvirt/qemu.conf on " + side.name() + " has " + half + " = \"" + number + "\"",
                            "it stays when the account gets another number",
                            "on " + side.name() + ": write the name there, or take the line out," + RESTART));
        }
    }
}
