package io.idagent.host;

import io.idagent.platform.FileSystemKind;
import io.idagent.platform.Gid;
import io.idagent.platform.LibvirtReport;
import io.idagent.platform.Mount;
import io.idagent.platform.MountTable;
import io.idagent.platform.Owner;
import io.idagent.platform.QemuConf;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asks, before ids change, which guests that start today would not start afterwards. */
final class GuestsAfterwards {

    private final Duration limit;
    private final boolean root;

    /** @param limit for one file on a file server that does not answer */
    GuestsAfterwards(Duration limit, boolean root) {
        this.limit = limit;
        this.root = root;
    }

    Fact<List<UnstartableGuest>> look(List<AccountFacts> accounts, Optional<FileScope> scope, LibvirtFacts libvirt) {
        Optional<AccountFacts> qemus = accounts.stream().findFirst();
        Optional<AccountChange> change = qemus.flatMap(AccountFacts::change);
        Optional<LibvirtReport> report = libvirt.report().orElse(Optional.empty());
        if (change.isEmpty() || change.get().changesNothing() || report.isEmpty()) {
            return Fact.known(List.of());
        }
        if (!libvirt.qemuConf().isKnown()) {
            return libvirt.qemuConf().map(conf -> List.of());
        }
        QemuConf conf = libvirt.qemuConf().orElse(QemuConf.DEBIAN_DEFAULTS);
        Owner now = report.get().baseLabel().orElse(change.get().from());
        Owner then = new Owner(
                conf.user().equals(change.get().user()) ? change.get().uidTo() : now.uid(),
                conf.group().equals(change.get().group()) ? change.get().gidTo() : now.gid());
        Set<Gid> primary = qemus.get().user().orElse(Optional.empty()).stream()
                .map(user -> user.primaryGid())
                .collect(java.util.stream.Collectors.toSet());
        try {
            MountTable mounts = MountTable.ofInit();
            return UnstartableGuests.of(conf, now, then, primary)
                    .among(
                            report.get().domains(),
                            new GuestFileLook(
                                    path -> mountOf(mounts, path), path -> isReowned(scope, path), root, limit));
        } catch (IOException e) {
            return Fact.unknown("the mounts cannot be read: " + e.getMessage());
        }
    }

    private static GuestFileLook.Mount mountOf(MountTable mounts, Path path) {
        Optional<Mount> mount = mounts.holding(RawPath.of(path));
        return new GuestFileLook.Mount(
                mount.map(m -> m.point().toString()).orElse("/"),
                mount.map(Mount::type).orElse("unknown"),
                mount.map(m -> m.kind() == FileSystemKind.LOCAL && m.keepsOwners())
                        .orElse(false),
                mount.map(Mount::readOnly).orElse(false),
                mount.map(Mount::keepsOwners).orElse(true));
    }

    private static boolean isReowned(Optional<FileScope> scope, Path path) {
        return scope.map(FileScope::rootPaths).orElse(List.of()).stream().anyMatch(path::startsWith)
                && scope.map(FileScope::exclusions).orElse(List.of()).stream().noneMatch(path::startsWith);
    }
}
