package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import java.util.List;

/** h1 has old numbers and running guests, whose images only it can open; h2 has the new numbers, and the same images. */
record OldAndNewHost(Host h1, Host h2) {

    static final String H2 = "qemu+ssh://h2/system";
    static final String IMAGES = "/var/lib/libvirt/images/";

    static OldAndNewHost boot(Lab lab, List<String> guests) {
        Host h1 = lab.host("h1").withIds(109, 114).withSharedImages().boot();
        Host h2 = lab.host("h2").withSharedImages().boot();
        guests.forEach(name -> h1.guest(name).start());
        h1.sh("chmod 600 " + IMAGES + "*");
        return new OldAndNewHost(h1, h2);
    }

    /** Access control list, mode and owner of each image. */
    String lists() {
        return h1.sh("cd " + IMAGES + "; getfacl -nc *; stat -c '%n %a %u:%g' *");
    }

    void nothingIsOut() {
        assertEquals("0 images\n", h1.agent("share", "list").out());
    }
}
