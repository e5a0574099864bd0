package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.host.Fact;
import io.idagent.platform.CommandResult;
import io.idagent.platform.Commands;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that the real qemu-img has made, and some that a guest could make. Tagged as deploy/test installs qemu-img. */
@Tag("root")
class ImageReaderTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final Commands commands = new Commands();

    private void sh(String script) throws Exception {
        CommandResult result =
                commands.run(List.of("sh", "-ec", "cd \"$1\"; " + script, "sh", directory.toString()), LIMIT);
        assertTrue(result.succeeded(), result.err());
    }

    private Fact<ImageContent> read(String name) {
        FileLook.Entry entry = new FileLook.Entry("1 1", new Uid(65534), new Gid(65534), 0600, "regular file");
        return new ImageReader(commands, LIMIT)
                .read(new FileLook(
                        directory.resolve(name).toString(),
                        Optional.of(entry),
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        "rw"));
    }

    private ImageContent content(String name) {
        return Fact.valueOf(read(name)).orElseThrow();
    }

    @Test
    void backingFilesFormatsAndSnapshots() throws Exception {
        sh("""
                qemu-img create -q -f qcow2 base.qcow2 1M
                qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 over.qcow2
                qemu-img snapshot -c one over.qcow2
                qemu-img snapshot -c 'two and a half' over.qcow2
                qemu-img create -q -f qcow2 -o compat=0.10 -b "$1/base.qcow2" -F qcow2 old.qcow2
                qemu-img create -q -f raw plain.raw 1M
                """);
        assertEquals(new ImageContent("qcow2", Optional.empty(), Optional.empty(), List.of()), content("base.qcow2"));
        String base = directory.resolve("base.qcow2").toString();
        assertEquals(
                new ImageContent("qcow2", Optional.of(base), Optional.of("qcow2"), List.of("one", "two and a half")),
                content("over.qcow2"));
        assertEquals(
                new ImageContent("qcow2", Optional.of(base), Optional.of("qcow2"), List.of()), content("old.qcow2"));
        assertEquals(ImageContent.RAW, content("plain.raw"));
    }

    /** As a guest writes it into its own raw disk: qemu-img would open what the extents name. */
    @Test
    void aDescriptorOpensNoOtherFile() throws Exception {
        sh("mkfifo trap");
        Files.writeString(
                directory.resolve("vmdk"),
                "# Disk DescriptorFile\nversion=1\ncreateType=\"monolithicFlat\"\nRW 2048 FLAT \""
                        + directory.resolve("trap") + "\" 0\n");
        // Whoever opened the pipe would wait for ever.
        assertEquals(new ImageContent("vmdk", Optional.empty(), Optional.empty(), List.of()), content("vmdk"));
    }

    @Test
    void whatCannotBeIsNotKnown() throws Exception {
        sh("""
                qemu-img create -q -f qcow2 -b /nowhere -F qcow2 -u long.qcow2 1M
                printf '\\377' | dd of=long.qcow2 bs=1 seek=16 conv=notrunc status=none
                qemu-img create -q -f qcow2 many.qcow2 1M
                printf '\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377' | dd of=many.qcow2 bs=1 seek=60 conv=notrunc status=none
                printf 'QFI\\373torn' >torn.qcow2
                """);
        for (String name : List.of("long.qcow2", "many.qcow2", "torn.qcow2", "gone.qcow2")) {
            assertFalse(read(name).isKnown(), name);
        }
    }
}
