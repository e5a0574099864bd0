package io.idagent.lab;

import java.util.ArrayList;
import java.util.List;

/** What a host is to be like before it boots; by default it is a new one, with libvirt-qemu at 64055:64055. */
public final class HostBuilder {

    static final String SHARED = "--shared";

    private final Lab lab;
    private final String name;
    private final List<String> options = new ArrayList<>();

    HostBuilder(Lab lab, String name) {
        this.lab = lab;
        this.name = name;
    }

    /** An old host: these are the numbers adduser picked for libvirt-qemu on the day it was installed. */
    public HostBuilder withIds(long uid, long gid) {
        return with("--ids", uid + ":" + gid);
    }

    /** Its images lie in a plain directory that all hosts with shared images have in common. */
    public HostBuilder withSharedImages() {
        return with(SHARED);
    }

    /** The same, on a file system that libvirt takes for a network file system, and where root may not change owners. */
    public HostBuilder withImagesLikeNfs() {
        return with("--shared-like-nfs");
    }

    /** It does not have the program, but can install it: the built packages lie in /packages. */
    public HostBuilder withPackages() {
        return with("--packages");
    }

    /** Returns when systemd has started everything and libvirt answers. */
    public Host boot() {
        return lab.boot(name, options);
    }

    private HostBuilder with(String... option) {
        options.addAll(List.of(option));
        return this;
    }
}
