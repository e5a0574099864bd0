package io.idagent.host;

import io.idagent.platform.Mount;
import io.idagent.platform.MountTable;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which of the places that a conversion writes are on file systems mounted read-only. */
final class WritablePlaces {

    private WritablePlaces() {}

    /** Looks as process 1 sees it: a sandboxed service sees all mounts read-only. */
    static Fact<List<String>> readOnlyAmong(List<Path> roots) {
        List<String> readOnly = new ArrayList<>();
        try {
            MountTable mounts = MountTable.ofInit();
            List<Path> places = new ArrayList<>(List.of(Path.of("/etc")));
            places.addAll(roots);
            for (Path place : places) {
                if (Files.exists(place)
                        && mounts.holding(RawPath.of(place.toRealPath()))
                                .filter(Mount::readOnly)
                                .isPresent()) {
                    readOnly.add(place.toString());
                }
            }
            return Fact.known(List.copyOf(readOnly));
        } catch (IOException e) {
            return Fact.unknown("the mounts cannot be read: " + e.getMessage());
        }
    }
}
