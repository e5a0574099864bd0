package io.idagent.conversion;

/** What a conversion does, in this order. The words are shown while it happens. */
public enum Step {
    INVENTORY("listing the files to change"),
    CLOSE_LIBVIRT("stopping libvirt and holding it down"),
    LOOK_AGAIN("looking for guests once more"),
    CHANGE_IDS("changing the ids of the account"),
    HOLD_NUMBERS("locking the account files, dropping caches"),
    CHANGE_OWNERS("changing owners"),
    OPEN_LIBVIRT("starting libvirt"),
    PROVE("proving the result");

    private final String doing;

    Step(String doing) {
        this.doing = doing;
    }

    public String doing() {
        return doing;
    }

    /** From this step on a conversion that was cut off is carried to its end; before it, it is undone. */
    public static final Step POINT_OF_NO_RETURN = CHANGE_IDS;
}
