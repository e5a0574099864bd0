package io.idagent.ownership;

import io.idagent.platform.LibC;
import io.idagent.platform.MountTable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A scan and a change in a process of their own, of which a test can take system calls away. Prints what became of it. */
final class SandboxedScan {

    private SandboxedScan() {}

    public static void main(String[] arguments) throws Exception {
        LibC libC = LibC.load();
        Map<String, String> outcomes = new TreeMap<>();
        try (TreeBase base = TreeBase.below(libC, Path.of(arguments[0]))) {
            OwnerChanger changer = new OwnerChanger(libC);
            new OwnershipScanner(libC, new KnownNames(Set.of(0L), Set.of(0L)), MountTable::ofThisProcess)
                    .scan(
                            base,
                            ScanFixture.root(arguments[1]),
                            hit -> outcomes.put(hit.path().toString(), inWords(changer.change(base, hit))),
                            ScanProgress.NONE);
        }
        outcomes.forEach((path, outcome) -> System.out.println(path + " " + outcome));
    }

    private static String inWords(ChangeOutcome outcome) {
        return outcome instanceof ChangeOutcome.Failed failed
                ? failed.sentence()
                : outcome.getClass().getSimpleName();
    }
}
