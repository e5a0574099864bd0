package io.idagent;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.idagent.platform.DirectoryEntries;
import io.idagent.platform.LibC;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the rooms: a package uses only what stands to its left. A package that does not exist yet breaks no rule. */
class RoomsTest {

    private static final List<String> IN_ORDER = List.of(
            "platform", "ownership", "settings", "host", "assessment", "conversion", "migration", "agent", "daemon");
    /** Side by side at the right end: they do not know each other. */
    private static final List<String> DOORS = List.of("health", "cli");

    private static final String[] CONTAINER_AND_HTTP = {
        "io.quarkus..",
        "jakarta..",
        "io.vertx..",
        "org.eclipse.microprofile..",
        "io.smallrye.health..",
        "java.net.http..",
        "com.sun.net.httpserver.."
    };
    private static final String[] NATIVE_CODE = {
        "jnr..", "com.sun.jna..", "com.kenai.jffi..", "org.libvirt..", "org.apache.commons.exec.."
    };

    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.idagent");

    static Stream<String> rooms() {
        return Stream.concat(IN_ORDER.stream(), DOORS.stream());
    }

    @Test
    void theProgramWasFound() {
        assertFalse(PROGRAM.isEmpty());
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomUsesOnlyWhatStandsToItsLeft(String room) {
        noClasses()
                .that()
                .resideInAPackage(in(room))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(notToTheLeftOf(room))
                .allowEmptyShould(true)
                .check(PROGRAM);
    }

    @Test
    void nothingUsesTheMainClass() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(Main.class.getName())
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.idagent")
                .check(PROGRAM);
    }

    @Test
    void onlyDaemonAndHealthKnowTheContainerHttpAndTheScheduler() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.idagent", in("daemon"), in("health"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CONTAINER_AND_HTTP)
                .check(PROGRAM);
    }

    @Test
    void onlyPlatformCallsNativeCodeOrStartsAProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackage(in("platform"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(NATIVE_CODE)
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(ProcessBuilder.class, Process.class)
                .orShould()
                .callMethod(Runtime.class, "exec", String.class)
                .orShould()
                .callMethod(Runtime.class, "exec", String[].class)
                .check(PROGRAM);
    }

    /** One walk: scan, plan and conversion search trees and change owners by way of ownership, and nobody else does. */
    @Test
    void nobodyElseWalksTreesOrChangesOwners() {
        noClasses()
                .should()
                .callMethodWhere(target(name("walk")
                                .or(name("walkFileTree"))
                                .or(name("find"))
                                .or(name("setOwner")))
                        .and(target(owner(type(Files.class)))))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(FileVisitor.class)
                .orShould()
                .callMethod(FileOwnerAttributeView.class, "setOwner", UserPrincipal.class)
                .check(PROGRAM);
        noClasses()
                .that()
                .resideOutsideOfPackages(in("platform"), in("ownership"))
                .should()
                .callMethod(LibC.class, "chown", int.class, int.class, int.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(DirectoryEntries.class)
                .check(PROGRAM);
    }

    @Test
    void assessmentReadsNoFilesAndNoClock() {
        noClasses()
                .that()
                .resideInAPackage(in("assessment"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io", "java.nio.channels", "java.net")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Files.class, Clock.class)
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(PROGRAM);
    }

    private static String[] notToTheLeftOf(String room) {
        Stream<String> others = IN_ORDER.contains(room)
                ? Stream.concat(IN_ORDER.stream().skip(IN_ORDER.indexOf(room) + 1L), DOORS.stream())
                : DOORS.stream().filter(door -> !door.equals(room));
        return others.map(RoomsTest::in).toArray(String[]::new);
    }

    private static String in(String room) {
        return "io.idagent." + room + "..";
    }
}
