package io.idagent.platform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/** Asks the qemu of a running guest, through the monitor that libvirt holds, to read its disks. */
public final class GuestMonitor {

    private final WritableLibvirt libvirt;

    public GuestMonitor(WritableLibvirt libvirt) {
        this.libvirt = libvirt;
    }

    /**
     * @param files in the order in which they were read
     * @param refusal what qemu said to a read that it did not try
     * @param notTried why nothing was read
     */
    public record Reads(List<String> files, Optional<String> refusal, Optional<String> notTried) {}

    /**
     * Reads from every image of a guest, backing files too, and flushes those it may write, through the guest's own qemu:
     * where access was lost libvirt reports no error. Neither does qemu's monitor: it writes into the guest's log how each
     * read went. The image file is read as well as the disk in it, as a disk that was never written is read from nowhere.
     */
    public Reads readDisks(String uri, String guest) throws LibvirtUnavailableException {
        return libvirt.soon(uri, connection -> {
            Domain domain = connection.domainLookupByName(guest);
            List<String> files = new ArrayList<>();
            if (mayEndIt(answer(domain, "query-version"), answer(domain, "query-iothreads"))) {
                String why = "its qemu is older than 6.1 and has iothreads: being asked to read could end it";
                return new Reads(files, Optional.empty(), Optional.of(why));
            }
            JsonNode nodes =
                    Json.mapper().readTree(domain.qemuMonitorCommand("{\"execute\":\"query-named-block-nodes\"}", 0));
            // So qemu answers about a disk that it could not open again after a migration that failed.
            if (nodes.has("error")) {
                String why = nodes.path("error").path("desc").asText();
                return new Reads(files, Optional.of(why), Optional.empty());
            }
            for (JsonNode node : nodes.path("return")) {
                String name = node.path("node-name").asText("");
                // To read here would be to write below; and from an empty file nothing can be read.
                boolean isMeant = !name.isEmpty()
                        && !node.path("drv").asText().equals("copy-on-read")
                        && node.path("image").path("virtual-size").asLong() > 0;
                if (!isMeant) {
                    continue;
                }
                String answer = hmp(domain, name, "read 0 512");
                if (!answer.isBlank()) {
                    return new Reads(files, Optional.of(name + ": " + answer.strip()), Optional.empty());
                }
                files.add(node.path("file").asText(name));
                if (!node.path("ro").asBoolean()) {
                    hmp(domain, name, "flush");
                }
            }
            return new Reads(List.copyOf(files), Optional.empty(), Optional.empty());
        });
    }

    private static JsonNode answer(Domain domain, String question) throws LibvirtException, JsonProcessingException {
        String answer = domain.qemuMonitorCommand("{\"execute\":\"" + question + "\"}", 0);
        return Json.mapper().readTree(answer).path("return");
    }

    /**
     * Before 6.1 qemu reads what belongs to an iothread without holding that one's lock, and aborts if there is other work for
     * it meanwhile. The version is that of the running process, which the installed one may have overtaken.
     */
    static boolean mayEndIt(JsonNode version, JsonNode ioThreads) {
        int major = version.path("qemu").path("major").asInt();
        int minor = version.path("qemu").path("minor").asInt();
        return ioThreads.size() > 0 && (major < 6 || major == 6 && minor < 1);
    }

    private static String hmp(Domain domain, String node, String command)
            throws LibvirtException, JsonProcessingException {
        String line = "qemu-io " + node + " \\\"" + command + "\\\"";
        String answer = domain.qemuMonitorCommand(
                "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"" + line + "\"}}", 0);
        return Json.mapper().readTree(answer).path("return").asText();
    }
}
