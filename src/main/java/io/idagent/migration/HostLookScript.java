package io.idagent.migration;

/**
 * What is run on either side, here by a shell and there by ssh and a shell: it only reads. Each line of the answer begins
 * with a key and a tab. Plain POSIX shell with coreutils, grep and util-linux: the other side need not have this program.
 * Of the part that runs as the account, which may meddle with it, only lines of its own kinds are let through.
 */
final class HostLookScript {

    /**
     * Arguments: accounts as "user:group user:group", the account qemu runs as, its uid and gid there, the name of the other side's host or nothing; then paths. What
     * the account may is tried by the account itself: only the kernel knows about ACLs, and a server about its own rules.
     */
    static final String TEXT = """
            export LC_ALL=C
            accounts=$1 user=$2 uid=$3 gid=$4 peer=$5
            shift 5
            key() { sed "s/^/$1\t/"; }
            for account in $accounts; do
                getent passwd "${account%:*}" | key passwd
                getent group "${account#*:}" | key group
            done
            uname -n | key name
            getent ahosts "$(uname -n)" | key resolves
            [ -z "$peer" ] || getent ahosts "$peer" | key peer
            cat /proc/net/fib_trie /proc/net/if_inet6 2>/dev/null | key net
            cat /proc/[0-9]*/comm 2>/dev/null | grep -x pacemakerd | key manager
            ls /sys/class/net | key interface
            grep '^MemAvailable:' /proc/meminfo | key memory
            readlink -f /etc/libvirt | key etc
            key mount </proc/self/mountinfo
            for file in qemu libvirtd virtproxyd; do
                grep -sE '^ *(user|group|allow_disk_format_probing|auth_tcp) *=' "/etc/libvirt/$file.conf" |
                    key "$file.conf"
            done
            number=0
            for path; do
                number=$((number + 1))
                if seen=$(stat -L --printf '%i %s\\t%u\\t%g\\t%a\\t%F' -- "$path" 2>&1); then
                    printf 'file\\t%s\\t%s\\n' "$number" "$seen"
                    printf 'real\\t%s\\t%s\\n' "$number" "$(readlink -zf -- "$path" | tr '\\0\\n' '\\n?')"
                else
                    printf 'none\\t%s\\t%s\\n' "$number" "$seen"
                fi
            done
            groups=$(id -G "$user" 2>/dev/null | tr ' ' ',')
            setpriv --reuid="$uid" --regid="$gid" --groups="${groups:-$gid}" sh -c '
                enter() {
                    directory=/ rest=${1#/}
                    while [ "$rest" != "${rest#*/}" ]; do
                        directory=$directory${rest%%/*}/
                        rest=${rest#*/}
                        [ -x "$directory" ] || { printf "closed\\t%s\\t%s\\n" "$number" "$directory"; return 1; }
                    done
                }
                number=0
                for path; do
                    number=$((number + 1))
                    enter "$path" && enter "$(readlink -f -- "$path")" || continue
                    may=
                    [ -r "$path" ] && may=r
                    [ -w "$path" ] && may=${may}w
                    printf "may\\t%s\\t%s\\n" "$number" "$may"
                done
                echo tried' try "$@" | grep -E '^(may|closed|tried)'
            """;

    private HostLookScript() {}
}
