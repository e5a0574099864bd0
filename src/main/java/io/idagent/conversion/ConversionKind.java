package io.idagent.conversion;

import java.util.List;

/** What a plan is for, and which steps that takes. */
public enum ConversionKind {
    /** Moves the account to other ids. */
    CONVERT(List.of(Step.values())),
    /** Moves the account back to the ids that a conversion took from it. */
    ROLL_BACK(List.of(Step.values())),
    /** Only owners: ids and libvirt are right, traces of former ids remain. Libvirt stays up. */
    RE_OWN(List.of(Step.INVENTORY, Step.CHANGE_OWNERS, Step.PROVE)),
    /** Only libvirt, which still has former ids cached. Guests go on running. */
    RESTART_LIBVIRT(List.of(Step.CLOSE_LIBVIRT, Step.OPEN_LIBVIRT, Step.PROVE));

    private final List<Step> steps;

    ConversionKind(List<Step> steps) {
        this.steps = steps;
    }

    public List<Step> steps() {
        return steps;
    }

    /** Whether it changes ids, which is taken back as long as no owner has changed. */
    public boolean changesIds() {
        return this == CONVERT || this == ROLL_BACK;
    }

    /** Whether former numbers are reserved, and given back, in it. A rollback only takes back its own. */
    public boolean reservesFormerIds() {
        return this == CONVERT || this == RE_OWN;
    }

    /** Whether guests forbid it. */
    public boolean needsNoGuest() {
        return this != RESTART_LIBVIRT;
    }
}
