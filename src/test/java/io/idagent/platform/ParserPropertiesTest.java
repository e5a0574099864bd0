package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.properties.Chance;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever bytes a file or a document has: there is a value that stands in it, or a clear error. Never a wrong number. */
class ParserPropertiesTest {

    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/bash
            # a comment
            libvirt-qemu:x:109:105:Libvirt Qemu,,,:/var/lib/libvirt:/usr/sbin/nologin
            +nisuser::::::
            alice:x:1000:1000:Alice:/home/alice:/bin/sh
            """;
    private static final String GROUP = "root:x:0:\nkvm:x:105:libvirt-qemu\nlibvirt-qemu:x:114:\n";
    private static final String STATUS = """
            Name:	qemu-system-x86
            State:	S (sleeping)
            Pid:	4242
            Uid:	109	109	109	109
            Gid:	105	105	105	105
            Groups:	105 114
            VmSize:	  105 kB
            """;
    private static final String MOUNTS = """
            36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
            37 35 0:42 / /var/lib/libvirt/images\\040two rw shared:7 - nfs4 server:/images rw,vers=4.2
            """;

    private static LocalAccounts accounts(byte[] passwd, byte[] group) {
        return new LocalAccounts("passwd", () -> passwd, "group", () -> group);
    }

    /** The numbers that a line for this very name has in its third field. */
    private static Set<String> numbersOf(String name, byte[] file) {
        Set<String> numbers = new HashSet<>();
        for (String line : new String(file, StandardCharsets.ISO_8859_1).split("\n")) {
            String[] fields = line.stripLeading().split(":", -1);
            if (fields.length > 2 && fields[0].equals(name)) {
                numbers.add(fields[2]);
            }
        }
        return numbers;
    }

    @Test
    void anAccountHasTheNumberOfItsLineOrNone() {
        Chance.always(chance -> {
            byte[] passwd = chance.damaged(PASSWD.getBytes(StandardCharsets.UTF_8));
            byte[] group = chance.damaged(GROUP.getBytes(StandardCharsets.UTF_8));
            LocalAccounts accounts = accounts(passwd, group);
            try {
                accounts.user("libvirt-qemu")
                        .ifPresent(user ->
                                assertEquals(Set.of(user.uid().toString()), plain(numbersOf("libvirt-qemu", passwd))));
            } catch (NameServiceException clear) {
                assertTrue(clear.getMessage().contains("passwd"), clear.getMessage());
            }
            try {
                accounts.group("libvirt-qemu")
                        .ifPresent(found ->
                                assertEquals(Set.of(found.gid().toString()), plain(numbersOf("libvirt-qemu", group))));
            } catch (NameServiceException clear) {
                assertTrue(clear.getMessage().contains("group"), clear.getMessage());
            }
        });
    }

    /** "0109" is the number 109. */
    private static Set<String> plain(Set<String> numbers) {
        Set<String> plain = new HashSet<>();
        numbers.forEach(number -> plain.add(number.replaceFirst("^0+(?=[0-9])", "")));
        return plain;
    }

    /** A number that stands in the file as somebody's is never free. */
    @Test
    void aNumberThatALineHasIsNotFree() {
        Chance.always(chance -> {
            long number = chance.number();
            String line = "bob:x:" + number + ":100::/:/bin/sh\n";
            byte[] passwd = chance.coin()
                    ? (chance.damaged(PASSWD) + "\n" + line).getBytes(StandardCharsets.UTF_8)
                    : (line + chance.damaged(PASSWD)).getBytes(StandardCharsets.UTF_8);
            try {
                assertTrue(
                        accounts(passwd, new byte[0]).userName(new Uid(number)).isPresent());
            } catch (NameServiceException clear) {
                assertTrue(clear.getMessage().contains("passwd"), clear.getMessage());
            }
        });
    }

    @Test
    void aProcessHasTheIdsThatStandThere() {
        Chance.always(chance -> {
            byte[] status = chance.damaged(STATUS.getBytes(StandardCharsets.UTF_8));
            try {
                ProcessStatus process = ProcessStatus.parse(status);
                String text = new String(status, StandardCharsets.ISO_8859_1);
                Set<Long> numbers = new HashSet<>();
                Matcher matcher = Pattern.compile("[0-9]+").matcher(text);
                while (matcher.find()) {
                    if (matcher.group().length() < 15) {
                        numbers.add(Long.valueOf(matcher.group()));
                    }
                }
                process.uids().forEach(uid -> assertTrue(numbers.contains(uid.value()), text));
                process.gids().forEach(gid -> assertTrue(numbers.contains(gid.value()), text));
            } catch (IllegalArgumentException clear) {
                assertTrue(clear.getMessage() != null);
            }
        });
    }

    @Test
    void mountsComeBackAsTheyWereWritten() {
        Chance.always(chance -> {
            byte[] name = chance.bytes(20);
            for (int i = 0; i < name.length; i++) {
                name[i] = name[i] == 0 || name[i] == '/' ? (byte) 'x' : name[i];
            }
            boolean dots = Arrays.equals(name, new byte[] {'.'}) || Arrays.equals(name, new byte[] {'.', '.'});
            RawPath point = name.length == 0 || dots ? RawPath.ROOT : RawPath.ofNames(List.of(name));
            byte[] line = ("36 35 98:0 / " + octal(point.bytes()) + " rw - ext4 /dev/vda rw\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
            assertEquals(point, MountTable.parse(line).withId(36).orElseThrow().point());
        });
    }

    private static String octal(byte[] path) {
        StringBuilder text = new StringBuilder();
        for (byte b : path) {
            text.append(
                    b == ' ' || b == '\t' || b == '\n' || b == '\\'
                            ? String.format("\\%03o", b)
                            : String.valueOf((char) (b & 0xff)));
        }
        return text.toString();
    }

    @Test
    void aDamagedMountTableIsReadLineByLineOrRefused() {
        Chance.always(chance -> {
            byte[] table = chance.damaged(MOUNTS.getBytes(StandardCharsets.UTF_8));
            try {
                long lines = new String(table, StandardCharsets.ISO_8859_1)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
                assertTrue(MountTable.parse(table).mounts().size() <= lines + 1);
            } catch (IllegalArgumentException clear) {
                assertTrue(clear.getMessage() != null);
            }
        });
    }

    @Test
    void aBaseLabelStandsInTheDocument() throws Exception {
        String sample = Samples.read("capabilities.xml");
        Chance.always(chance -> {
            // Where the label is, as well as anywhere.
            int label = sample.indexOf("<secmodel>");
            int end = sample.indexOf("</host>");
            String xml = chance.coin()
                    ? chance.damaged(sample)
                    : sample.substring(0, label) + chance.damaged(sample.substring(label, end)) + sample.substring(end);
            try {
                Optional<Owner> owner = CapabilitiesXml.baseLabel(xml);
                owner.ifPresent(found -> assertTrue(
                        Pattern.compile("\\+?0*" + found.uid() + ":\\+?0*" + found.gid())
                                .matcher(xml)
                                .find(),
                        xml));
            } catch (MalformedDocumentException clear) {
                assertTrue(clear.getMessage().contains("libvirt's capabilities document"), clear.getMessage());
            }
        });
    }

    @Test
    void aDomainIsReadOrRefused() throws Exception {
        List<String> samples = List.of(Samples.read("domain-running.xml"), Samples.read("domain-static-label.xml"));
        Chance.always(chance -> {
            String xml = chance.damaged(chance.of(samples));
            try {
                DomainXml domain = DomainXml.parse(xml, (pool, volume) -> Optional.empty());
                domain.label().flatMap(DacLabel::uid).ifPresent(uid -> assertTrue(xml.contains(uid.toString()), xml));
                domain.label().flatMap(DacLabel::gid).ifPresent(gid -> assertTrue(xml.contains(gid.toString()), xml));
            } catch (MalformedDocumentException clear) {
                assertTrue(clear.getMessage().contains("libvirt's description of a domain"), clear.getMessage());
            }
        });
    }

    @Test
    void bytesWithoutAnySenseAreAnErrorAndNothingElse() {
        Chance.always(chance -> {
            byte[] bytes = chance.bytes(300);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            try {
                accounts(bytes, bytes).user("libvirt-qemu");
            } catch (NameServiceException clear) {
                assertTrue(clear.getMessage() != null);
            }
            try {
                ProcessStatus.parse(bytes);
            } catch (IllegalArgumentException clear) {
                assertTrue(clear.getMessage() != null);
            }
            try {
                DomainXml.parse(text, (pool, volume) -> Optional.empty());
                CapabilitiesXml.baseLabel(text);
            } catch (MalformedDocumentException clear) {
                assertTrue(clear.getMessage() != null);
            }
        });
    }
}
