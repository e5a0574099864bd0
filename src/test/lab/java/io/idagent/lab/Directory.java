package io.idagent.lab;

import java.util.List;

/**
 * A directory of users on a host: slapd, and one of the two programs that carry the questions of its name services there.
 * The base has all of it installed; nothing of it runs, or is asked, but where a test says so.
 */
public final class Directory {

    /** Who asks the directory for others: service of nsswitch.conf, and how it is started. */
    public enum Client {
        NSLCD(
                "ldap",
                "install -d -o nslcd /run/nslcd; systemd-run -q --unit=directory-client --service-type=exec nslcd -n"),
        SSSD(
                "sss",
                "rm -f /var/lib/sss/db/* /var/lib/sss/mc/*; systemd-run -q --unit=directory-client sssd -i --logger=stderr;"
                        + " until [ -S /var/lib/sss/pipes/nss ] && busctl call org.freedesktop.sssd.infopipe"
                        + " /org/freedesktop/sssd/infopipe org.freedesktop.sssd.infopipe ListDomains >/dev/null 2>&1; do sleep 0.1; done");

        private final String service;
        private final String start;

        Client(String service, String start) {
            this.service = service;
            this.start = start;
        }
    }

    private static final String SET_UP = """
            cat >/etc/ldap/lab.conf <<'END'
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include /etc/ldap/schema/nis.schema
            modulepath /usr/lib/ldap
            moduleload back_mdb
            database mdb
            suffix "dc=lab"
            directory /var/lib/lab-directory
            END
            cat >/etc/nslcd.conf <<'END'
            uid nslcd
            gid nslcd
            uri ldap://127.0.0.1
            base dc=lab
            bind_timelimit 2
            timelimit 2
            reconnect_sleeptime 0
            reconnect_retrytime 1
            END
            cat >/etc/sssd/sssd.conf <<'END'
            [sssd]
            services = nss, ifp
            domains = lab
            [nss]
            filter_users = root
            entry_negative_timeout = 0
            memcache_size_passwd = 0
            memcache_size_group = 0
            [domain/lab]
            id_provider = ldap
            ldap_uri = ldap://127.0.0.1
            ldap_search_base = dc=lab
            ldap_network_timeout = 2
            ldap_opt_timeout = 2
            ldap_search_timeout = 2
            offline_timeout = 1
            END
            chmod 600 /etc/sssd/sssd.conf
            cp -n /etc/nsswitch.conf /etc/nsswitch.conf.without
            """;

    private static final String START_SLAPD =
            "systemd-run -q --unit=directory --service-type=exec slapd -d 0 -f /etc/ldap/lab.conf -h ldap://127.0.0.1\n"
                    + "until (exec 3<>/dev/tcp/127.0.0.1/389) 2>/dev/null; do sleep 0.05; done\n";

    private final Host host;

    private Directory(Host host) {
        this.host = host;
    }

    /**
     * Starts one.
     *
     * @param order of nsswitch.conf, with %s for the directory: "files %s systemd"
     * @param entries as lines of passwd ("alice:64055:100") or group ("admins:64055")
     */
    public static Directory start(Host host, Client client, String order, List<String> entries) {
        Directory directory = new Directory(host);
        StringBuilder ldif = new StringBuilder(entry("dc=lab", "dcObject", "organization", "o: lab"));
        for (String line : entries) {
            String[] fields = line.split(":");
            ldif.append(
                    fields.length == 3
                            ? entry(
                                    "uid=" + fields[0] + ",dc=lab",
                                    "account",
                                    "posixAccount",
                                    "cn: " + fields[0],
                                    "uidNumber: " + fields[1],
                                    "gidNumber: " + fields[2],
                                    "homeDirectory: /var/lib/libvirt")
                            : entry("cn=" + fields[0] + ",dc=lab", "posixGroup", "top", "gidNumber: " + fields[1]));
        }
        host.sh(SET_UP + "rm -rf /var/lib/lab-directory; mkdir /var/lib/lab-directory\n"
                + "slapadd -f /etc/ldap/lab.conf <<'END'\n" + ldif + "END\n");
        directory.startSlapd();
        directory.startClient(client);
        directory.ask(client, order);
        return directory;
    }

    private static String entry(String name, String one, String other, String... lines) {
        return "dn: " + name + "\nobjectClass: " + one + "\nobjectClass: " + other + "\n" + String.join("\n", lines)
                + "\n\n";
    }

    /** From now on the host's name services ask it. */
    public void ask(Client client, String order) {
        host.sh("sed -i -E 's/^(passwd|group):.*/\\1: " + order.formatted(client.service) + "/' /etc/nsswitch.conf");
    }

    public void startSlapd() {
        host.run("bash", "-ec", START_SLAPD).mustSucceed();
    }

    public void startClient(Client client) {
        host.sh(client.start);
    }

    public void stopSlapd() {
        host.sh("systemctl stop directory");
    }

    public void stopClient() {
        host.sh("systemctl stop directory-client");
    }

    /** It is there, and accepts every question, and answers none. */
    public void freezeSlapd() {
        host.sh("systemctl kill --signal=STOP directory");
    }

    public void freezeClient() {
        host.sh("systemctl kill --signal=STOP directory-client");
    }

    public void thawClient() {
        host.sh("systemctl kill --signal=CONT directory-client");
    }

    /** Nothing of it is left. */
    public void end() {
        host.sh("systemctl kill --signal=KILL directory directory-client 2>/dev/null || true\n"
                + "until ! systemctl is-active -q directory directory-client; do sleep 0.05; done\n"
                + "systemctl reset-failed\n"
                + "cp /etc/nsswitch.conf.without /etc/nsswitch.conf");
    }
}
