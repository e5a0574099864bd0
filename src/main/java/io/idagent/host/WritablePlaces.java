package io.idagent.host;

import io.idagent.platform.Mount;
import io.idagent.platform.MountTable;
import io.idagent.platform.RawPath;
import io.idagent.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which of the places that a conversion writes are on file systems mounted read-only. */
final class WritablePlaces {

    private WritablePlaces() {}

    /**
     * Looks as process 1 sees it: a sandboxed service sees all mounts read-only. Only at what is configured: a pool of
     * installation media may well be read-only, and what cannot be changed there is reported when it is found.
     */
    static Fact<List<String>> readOnlyAmong(Settings settings) {
        List<String> readOnly = new ArrayList<>();
        try {
            MountTable mounts = MountTable.ofInit();
            List<Path> places = new ArrayList<>(List.of(Path.of("/etc")));
            Stream.concat(settings.roots().stream(), settings.additionalRoots().stream())
                    .filter(root -> settings.exclusions().stream().noneMatch(root::startsWith))
                    .forEach(places::add);
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
