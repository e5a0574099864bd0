package io.idagent.migration;

import io.idagent.lab.Host;

/** Guests that could not move, each for another reason; its name says which. None of them runs. */
final class FaultyGuests {

    private static final String SCRIPT = """
            cd /var/lib/libvirt/images
            as() { setpriv --reuid=libvirt-qemu --regid=libvirt-qemu --clear-groups "$@"; }
            image() { as qemu-img create -q -f qcow2 "$@" 1M; }
            # guest NAME FILE DRIVER [MORE DEVICES [MORE]]
            guest() {
                virsh --quiet define /dev/stdin <<END
            <domain type='qemu'><name>$1</name><memory unit='MiB'>64</memory>
              <os><type arch='x86_64' machine='pc'>hvm</type></os>${5-}
              <devices><disk type='file' device='disk'><driver name='qemu' $3/><source file='$2'/>
                <target dev='vda' bus='virtio'/></disk>${4-}</devices></domain>
            END
            }
            here=$PWD
            image no-format.qcow2
            guest no-format $here/no-format.qcow2 ""

            # As older versions of qemu-img made them: the header extension with the format is made an unknown one.
            as qemu-img create -q -f qcow2 -b $here/base.qcow2 -F qcow2 no-backing.qcow2
            python3 - <<'END'
            content = open('no-backing.qcow2', 'rb').read()
            open('no-backing.qcow2', 'wb').write(content.replace(b'\\xe2\\x79\\x2a\\xca', b'\\x12\\x34\\x56\\x78', 1))
            END
            guest no-backing $here/no-backing.qcow2 "type='qcow2'"

            mkdir /mnt/only-here
            mount --bind $here /mnt/only-here
            image only-here.qcow2
            guest only-here /mnt/only-here/only-here.qcow2 "type='qcow2'"

            guest gone $here/gone.qcow2 "type='qcow2'"

            qemu-img create -q -f qcow2 /srv/local.qcow2 1M
            qemu-img snapshot -c inside /srv/local.qcow2
            guest local /srv/local.qcow2 "type='qcow2'"

            as mkdir closed
            image closed/closed.qcow2
            chmod 600 closed
            guest closed $here/closed/closed.qcow2 "type='qcow2'"

            image everybody.qcow2
            chmod 666 everybody.qcow2
            guest everybody $here/everybody.qcow2 "type='qcow2'"

            image unsafe.qcow2
            guest unsafe $here/unsafe.qcow2 "type='qcow2' cache='unsafe'"

            image console.qcow2
            guest console $here/console.qcow2 "type='qcow2'" "<graphics type='vnc' listen='10.64.55.1'/>"

            image device.qcow2
            guest device $here/device.qcow2 "type='qcow2'" "<hostdev mode='subsystem' type='pci'><source>
                <address domain='0' bus='0x42' slot='0' function='0'/></source></hostdev>"

            image cpu.qcow2
            guest cpu $here/cpu.qcow2 "type='qcow2'" "" \\
                "<cpu mode='custom' match='exact' check='partial'><model>Icelake-Server</model></cpu>"

            image snapshot.qcow2
            guest snapshot $here/snapshot.qcow2 "type='qcow2'"
            virsh --quiet snapshot-create-as snapshot one

            image taken.qcow2
            guest taken $here/taken.qcow2 "type='qcow2'"

            image label.qcow2
            guest label $here/label.qcow2 "type='qcow2'" "" \\
                "<seclabel type='static' model='dac' relabel='yes'><label>+109:+114</label></seclabel>"

            printf 'QFI\\373torn' | as tee torn.qcow2 >/dev/null
            guest torn $here/torn.qcow2 "type='qcow2'"

            virsh --quiet pool-define /dev/stdin <<END
            <pool type='dir'><name>old</name><target><path>/srv</path>
              <permissions><mode>0711</mode><owner>109</owner><group>114</group></permissions></target></pool>
            END
            """;

    private FaultyGuests() {}

    static void define(Host host, Host other) {
        host.sh(SCRIPT);
        other.guest("taken").define();
    }
}
