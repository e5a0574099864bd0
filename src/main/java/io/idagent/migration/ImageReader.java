package io.idagent.migration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.idagent.host.Fact;
import io.idagent.platform.CommandException;
import io.idagent.platform.CommandResult;
import io.idagent.platform.Commands;
import io.idagent.platform.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Says what an image contains. A guest may have written what stands there: so qemu-img is told the format and never guesses
 * it, opens no other file, and runs under the number of the image's owner without any privilege and within limits.
 */
final class ImageReader {

    /** Enough for every beginning below. */
    private static final String BEGINNING = "72";

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
            Fact<String> beginning = beginning(file);
            if (beginning instanceof Fact.Unknown<String> unknown) {
                return Fact.unknown(unknown.reason());
            }
            String format = format(beginning.orElse(""));
            // Only qcow2 has snapshots that would be lost, and nearly alone a backing file.
            return format.equals("raw") ? Fact.known(ImageContent.RAW) : info(file, format);
        } catch (CommandException e) {
            return Fact.unknown(e.getMessage());
        }
    }

    private Fact<String> beginning(FileLook file) throws CommandException {
        String dump = "head -c " + BEGINNING + " -- \"$1\" | od -An -v -tx1 | tr -d ' \\n'";
        // root first: on NFS that squashes root it may not, where the owner may.
        CommandResult result = commands.run(List.of("sh", "-c", dump, "read", file.path()), limit);
        if (!result.err().isBlank()) {
            List<String> argv = new ArrayList<>(asOwner(file));
            argv.addAll(List.of("sh", "-c", dump, "read", file.path()));
            result = commands.run(argv, limit);
        }
        return result.err().isBlank()
                ? Fact.known(result.out())
                : Fact.unknown(result.err().strip().replaceFirst("^head: ", ""));
    }

    static String format(String beginning) {
        for (Map.Entry<String, String> known : FORMATS.entrySet()) {
            if (beginning.startsWith(known.getKey())) {
                return known.getValue();
            }
        }
        return beginning.startsWith(VDI_SIGNATURE, VDI_AT) ? "vdi" : "raw";
    }

    private Fact<ImageContent> info(FileLook file, String format) throws CommandException {
        List<String> argv = new ArrayList<>(asOwner(file));
        argv.addAll(List.of("prlimit", "--cpu=10", "--as=2147483648", "--fsize=0"));
        argv.addAll(List.of("qemu-img", "info", "-U", "--output=json", "-f", format, file.path()));
        CommandResult result = commands.run(argv, limit);
        if (!result.succeeded()) {
            return Fact.unknown(result.err().strip());
        }
        try {
            return Fact.known(content(Json.mapper().readTree(result.out()), format));
        } catch (JsonProcessingException e) {
            return Fact.unknown("qemu-img info says nothing that could be read about " + file.path());
        }
    }

    static ImageContent content(JsonNode info, String format) {
        List<String> snapshots = new ArrayList<>();
        info.path("snapshots")
                .forEach(snapshot -> snapshots.add(snapshot.path("name").asText()));
        return new ImageContent(
                format,
                Optional.ofNullable(info.path("full-backing-filename")
                        .asText(info.path("backing-filename").asText(null))),
                Optional.ofNullable(info.path("backing-filename-format").asText(null)),
                snapshots);
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
