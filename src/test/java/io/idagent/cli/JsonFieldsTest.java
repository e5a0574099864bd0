package io.idagent.cli;

import static io.idagent.host.HostStory.NOON;
import static io.idagent.host.HostStory.OLD;
import static io.idagent.host.HostStory.oldHost;
import static io.idagent.host.HostStory.scan;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.idagent.agent.GrantsDocument;
import io.idagent.agent.Hold;
import io.idagent.agent.StatusDocument;
import io.idagent.conversion.JournalEntry;
import io.idagent.conversion.Outcomes;
import io.idagent.host.Fact;
import io.idagent.host.HostStory;
import io.idagent.ownership.MountTally;
import io.idagent.ownership.PathError;
import io.idagent.platform.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The fields of the JSON documents, which others read: one that changes or goes needs another format number. */
class JsonFieldsTest {

    private static final List<String> TALLY = List.of("files", "bytes", "first_paths");

    private static final StatusDocument STATUS = Documents.status(
                    oldHost()
                            .guest("vm1", 42, OLD)
                            .passwdLock(Fact.unknown("why"))
                            .files(scan(
                                    1,
                                    1,
                                    HostStory.tally(1, "/a"),
                                    HostStory.tally(1, "/b"),
                                    1,
                                    1,
                                    List.of(new MountTally("/nfs", "nfs4", HostStory.tally(1, "/nfs/c"))),
                                    List.of(new PathError("/d", "EIO", "cannot open /d")))),
                    Documents.history(
                            new JournalEntry.Opened(
                                    NOON, 1, Documents.plan(oldHost()).orElseThrow()),
                            new JournalEntry.Closed(NOON, Outcomes.withLeftovers())),
                    new Hold(Hold.Kind.PAUSED, "somebody has paused it"))
            .withGrants(Optional.of(new GrantsDocument(1, Optional.of(NOON))));

    private static final Set<String> STATUS_FIELDS = fields(
            List.of(
                    "format",
                    "observed_at",
                    "state",
                    "sentence",
                    "readiness",
                    "accounts[].user",
                    "accounts[].uid",
                    "accounts[].target_uid",
                    "accounts[].group",
                    "accounts[].gid",
                    "accounts[].target_gid",
                    "base_label.uid",
                    "base_label.gid",
                    "guests[].name",
                    "guests[].pid",
                    "guests[].uid",
                    "blockers[].kind",
                    "blockers[].sentence",
                    "blockers[].advice",
                    "findings[].kind",
                    "findings[].sentence",
                    "findings[].advice",
                    "files.looked_at",
                    "files.errors",
                    "files.shared_storage[].mount_point",
                    "files.shared_storage[].file_system_type",
                    "daemon_held_by[].kind",
                    "daemon_held_by[].sentence",
                    "not_seen[]",
                    "last_conversion.id",
                    "last_conversion.kind",
                    "last_conversion.at",
                    "grants.count",
                    "grants.oldest_at"),
            tally("files.leftovers"),
            tally("files.adoptable_orphans"),
            tally("files.other_orphans"),
            tally("files.acls"),
            tally("files.owner_records"),
            tally("files.shared_storage[].tally"),
            outcome("last_conversion.outcome"));

    private static List<String> tally(String at) {
        return TALLY.stream()
                .map(name -> at + "." + name + (name.equals("first_paths") ? "[]" : ""))
                .toList();
    }

    private static List<String> outcome(String at) {
        Set<String> names = fields(
                List.of(
                        "result",
                        "sentence",
                        "duration",
                        "libvirt_down",
                        "files_changed",
                        "problems[]",
                        "leftovers",
                        "notes[]",
                        "journal"),
                tally("outside"));
        return names.stream().map(name -> at + "." + name).toList();
    }

    @SafeVarargs
    private static Set<String> fields(List<String>... lists) {
        Set<String> all = new TreeSet<>();
        for (List<String> list : lists) {
            all.addAll(list);
        }
        return all;
    }

    private static Set<String> fieldsOf(Object document) {
        Set<String> names = new TreeSet<>();
        collect("", Json.mapper().valueToTree(document), names);
        return names;
    }

    private static void collect(String at, JsonNode node, Set<String> names) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> collect(
                            at.isEmpty() ? field.getKey() : at + "." + field.getKey(), field.getValue(), names));
        } else if (node.isArray()) {
            node.forEach(element -> collect(at + "[]", element, names));
        } else {
            names.add(at);
        }
    }

    @Test
    void status() {
        assertEquals(STATUS_FIELDS, fieldsOf(STATUS));
    }

    @Test
    void convertNowAndRollback() {
        Set<String> expected = fields(
                List.of("format", "exit_code", "sentence"),
                outcome("conversions[]"),
                STATUS_FIELDS.stream().map(name -> "status." + name).toList());
        assertEquals(
                expected,
                fieldsOf(new ConversionDocument(
                        StatusDocument.FORMAT, 7, "sentence", List.of(Outcomes.withLeftovers()), STATUS)));
    }

    @Test
    void plan() {
        PlanDocument plan = Documents.planDocument(
                oldHost().files(HostStory.scan(1, 0)), Optional.of(HostStory.tally(1, "/srv/x")));
        Set<String> names = fieldsOf(plan);
        names.removeIf(name -> name.startsWith("status.") || name.startsWith("plan."));
        assertEquals(
                fields(
                        List.of(
                                "format",
                                "exit_code",
                                "sentence",
                                "steps[]",
                                "files_to_change",
                                "libvirt_down_seconds"),
                        tally("outside")),
                names);
    }

    @Test
    void idsAreNumbersAndTimesAreText() {
        JsonNode status = Json.mapper().valueToTree(STATUS);
        assertEquals(109, status.at("/accounts/0/uid").longValue());
        assertEquals("2026-03-01T12:00:00Z", status.at("/observed_at").textValue());
        assertEquals(
                "PT0.81S", status.at("/last_conversion/outcome/libvirt_down").textValue());
        assertEquals(
                "/var/lib/libvirt-id-agent/conversions/20260301T120000Z",
                status.at("/last_conversion/outcome/journal").textValue());
    }
}
