package io.idagent.lab;

/** A virtual machine of 64 MiB with an empty disk. It sits in its BIOS: enough to run, to hold its disk, and to migrate. */
public final class Guest {

    private final Host host;
    private final String name;

    Guest(Host host, String name) {
        this.host = host;
        this.name = name;
    }

    public String name() {
        return name;
    }

    public String image() {
        return "/var/lib/libvirt/images/" + name + ".qcow2";
    }

    /** Known to libvirt, but not running. */
    public Guest define() {
        host.guestScript(name, "define").mustSucceed();
        return this;
    }

    public Guest start() {
        host.guestScript(name, "start").mustSucceed();
        return this;
    }

    public void stop() {
        host.guestScript(name, "stop").mustSucceed();
    }

    public boolean isRunning() {
        return host.run("virsh", "domstate", name).out().startsWith("running");
    }

    /** The numbers its qemu runs under: "109:114". */
    public String ids() {
        return host.sh("ps -o uid=,gid= -p $(cat /run/libvirt/qemu/" + name + ".pid) | awk '{print $1 \":\" $2}'");
    }
}
