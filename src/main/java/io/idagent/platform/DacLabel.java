package io.idagent.platform;

import java.util.Optional;

/**
 * What a domain, or one of its disks, says about owners for itself: a {@code <seclabel model='dac'>} of libvirt's domain
 * format ("Security label").
 *
 * @param type dynamic, static or none; empty on a disk, which has none
 * @param relabel whether libvirt may give files to the label
 * @param label the label as it stands there: "+109:+114", "libvirt-qemu:kvm", "+0"
 */
public record DacLabel(Optional<String> type, boolean relabel, Optional<String> label) {

    /** A label that libvirt does not compute from qemu.conf. */
    public boolean isStatic() {
        return type.map("static"::equals).orElse(label.isPresent());
    }

    /** Both numbers, if the label names numbers. */
    public Optional<Owner> owner() {
        return uid().flatMap(uid -> gid().map(gid -> new Owner(uid, gid)));
    }

    /** The uid, if the label names a number and not an account. */
    public Optional<Uid> uid() {
        return half(0).map(Uid::parse);
    }

    /** The gid, if the label names a number and not a group. */
    public Optional<Gid> gid() {
        return half(1).map(Gid::parse);
    }

    private Optional<String> half(int index) {
        return label.map(text -> text.split(":", -1))
                .filter(halves -> halves.length > index)
                .map(halves -> halves[index].startsWith("+") ? halves[index].substring(1) : halves[index])
                .filter(number -> number.matches("[0-9]{1,10}") && Long.parseLong(number) <= Uid.LAST);
    }
}
