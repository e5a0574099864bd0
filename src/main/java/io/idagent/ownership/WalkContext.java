package io.idagent.ownership;

import io.idagent.platform.LibC;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the threads of one walk share. */
record WalkContext(
        LibC libC,
        TreeBase base,
        Places places,
        Findings findings,
        AttributeRules attributeRules,
        BootTime boot,
        WorkStack work,
        Map<Long, Boolean> attributesByMount) {

    WalkContext(LibC libC, TreeBase base, Places places, Findings findings, AttributeRules rules, BootTime boot) {
        this(libC, base, places, findings, rules, boot, new WorkStack(libC::close), new ConcurrentHashMap<>());
    }

    /** A file system without attributes is asked once, at the first of its directories. */
    boolean hasAttributes(Place place, int directory, AttributeLook look) {
        return place.mayHaveAttributes()
                && attributesByMount.computeIfAbsent(place.mountId(), id -> look.isSupported(directory));
    }
}
