package io.idagent.host;

import io.idagent.platform.RunningProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a process' name and command line tell about qemu ({@code qemu(1)}). */
final class QemuCommandLine {

    private static final Set<String> OTHER_EMULATOR_NAMES = Set.of("qemu-kvm", "kvm");
    private static final Set<String> IMAGE_TOOLS = Set.of("qemu-img", "qemu-nbd", "qemu-storage-daemon", "qemu-io");

    /** What keeps the files of an upload or download (virsh vol-upload) open. */
    private static final Set<String> STORAGE_DAEMONS = Set.of("libvirtd", "virtqemud", "virtstoraged");

    private QemuCommandLine() {}

    /** A system emulator runs a whole machine; qemu-x86_64 and the like run one program, and are none. */
    static boolean isEmulator(RunningProcess process) {
        return process.programNames().stream().anyMatch(QemuCommandLine::isEmulatorName)
                // One that has ended and waits for its parent has only its name left, cut to 15 bytes.
                || !process.status().hasMemory()
                        && !process.kernelThread()
                        && isEmulatorName(process.status().name());
    }

    static boolean isImageTool(RunningProcess process) {
        return process.programNames().stream().anyMatch(IMAGE_TOOLS::contains);
    }

    static boolean isStorageDaemon(RunningProcess process) {
        return process.programNames().stream().anyMatch(STORAGE_DAEMONS::contains);
    }

    /** libvirt asks each emulator what it can do, on a machine that has nothing. */
    static boolean isProbe(RunningProcess emulator) {
        return option(emulator.arguments(), "machine")
                .or(() -> option(emulator.arguments(), "M"))
                .map(QemuCommandLine::properties)
                .filter(machine -> machine.contains("none") || machine.contains("type=none"))
                .isPresent();
    }

    /** {@code -name guest=vm1,debug-threads=on}, or {@code -name vm1}; a comma in the name is written twice. */
    static Optional<String> guestName(RunningProcess emulator) {
        List<String> name = option(emulator.arguments(), "name")
                .map(QemuCommandLine::properties)
                .orElse(List.of());
        return name.stream()
                .filter(property -> property.startsWith("guest="))
                .map(property -> property.substring("guest=".length()))
                .findFirst()
                .or(() -> name.stream().findFirst().filter(property -> !property.contains("=")))
                .filter(found -> !found.isEmpty());
    }

    private static boolean isEmulatorName(String name) {
        return name.startsWith("qemu-system-") || OTHER_EMULATOR_NAMES.contains(name);
    }

    private static Optional<String> option(List<String> arguments, String option) {
        for (int i = 1; i + 1 < arguments.size(); i++) {
            String word = arguments.get(i);
            if (word.equals("-" + option) || word.equals("--" + option)) {
                return Optional.of(arguments.get(i + 1));
            }
        }
        return Optional.empty();
    }

    private static List<String> properties(String value) {
        List<String> properties = new ArrayList<>();
        StringBuilder property = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char letter = value.charAt(i);
            if (letter != ',') {
                property.append(letter);
            } else if (i + 1 < value.length() && value.charAt(i + 1) == ',') {
                property.append(',');
                i++;
            } else {
                properties.add(property.toString());
                property.setLength(0);
            }
        }
        properties.add(property.toString());
        return properties;
    }
}
