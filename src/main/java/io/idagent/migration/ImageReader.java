package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.platform.CommandException;
import io.idagent.platform.CommandResult;
import io.idagent.platform.Commands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Says what an image contains. A guest may have written what stands there: no other program is given it to understand, as
 * those open what an image names, its backing file or the extents of a descriptor. A few bytes are read, and looked at here.
 */
final class ImageReader {

    /** Enough for every beginning below. */
    private static final int BEGINNING = 72;

    /** As qemu's own drivers tell formats ({@code block/*.c}, the probe functions). LUKS is left out: guests write it. */
    private static final Map<String, String> FORMATS = new TreeMap<>(Map.of(
            hex("QFI") + "fb",
            "qcow2",
            hex("QED\0"),
            "qed",
            hex("KDMV"),
            "vmdk",
            hex("COWD"),
            "vmdk",
            hex("# Disk DescriptorFile"),
            "vmdk",
            hex("vhdxfile"),
            "vhdx",
            hex("conectix"),
            "vpc"));

    private static final String VDI_SIGNATURE = "7f10dabe";
    private static final int VDI_AT = 64 * 2;

    private final Commands commands;
    private final Duration limit;

    ImageReader(Commands commands, Duration limit) {
        this.commands = commands;
        this.limit = limit;
    }

    Fact<ImageContent> read(FileLook file) {
        if (!HostLookReader.canBeNamed(file.path())) {
            return Fact.unknown("its name has control characters");
        }
        try {
            String format = format(HexFormat.of().formatHex(bytes(file, 0, BEGINNING)));
            if (format.equals("qcow2")) {
                return Fact.known(Qcow2.read(Path.of(file.path()), (offset, length) -> bytes(file, offset, length)));
            }
            // Of the others libvirt follows no backing file, and none has snapshots that a copy could lose.
            return Fact.known(new ImageContent(format, Optional.empty(), Optional.empty(), List.of()));
        } catch (IOException e) {
            return Fact.unknown(e.getMessage());
        }
    }

    private byte[] bytes(FileLook file, long offset, int length) throws IOException {
        String dump =
                "dd if=\"$1\" iflag=skip_bytes,count_bytes,fullblock skip=\"$2\" count=\"$3\" status=none | base64 -w0";
        List<String> read =
                List.of("sh", "-c", dump, "read", file.path(), Long.toString(offset), Integer.toString(length));
        try {
            // root first: on NFS that squashes root it may not, where the owner may.
            CommandResult result = commands.run(read, limit);
            if (!result.err().isBlank()) {
                List<String> argv = new ArrayList<>(asOwner(file));
                argv.addAll(read);
                result = commands.run(argv, limit);
            }
            if (!result.err().isBlank()) {
                throw new IOException(result.err().strip().replaceFirst("^dd: ", ""));
            }
            return Base64.getDecoder().decode(result.out());
        } catch (CommandException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    static String format(String beginning) {
        for (Map.Entry<String, String> known : FORMATS.entrySet()) {
            if (beginning.startsWith(known.getKey())) {
                return known.getValue();
            }
        }
        return beginning.startsWith(VDI_SIGNATURE, VDI_AT) ? "vdi" : "raw";
    }

    private static List<String> asOwner(FileLook file) {
        FileLook.Entry entry = file.entry().orElseThrow();
        return List.of(
                "setpriv",
                "--reuid=" + entry.uid(),
                "--regid=" + entry.gid(),
                "--clear-groups",
                "--no-new-privs",
                "--inh-caps=-all",
                "--bounding-set=-all");
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
