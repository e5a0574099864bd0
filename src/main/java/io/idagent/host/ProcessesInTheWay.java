package io.idagent.host;

import java.util.List;

/**
 * The processes that matter to a conversion.
 *
 * @param guests virtual machines
 * @param idUsers others that carry a current, former or cached number of the account
 * @param targetUsers those that carry a target number that the account does not have yet
 * @param imageUsers qemu tools, and libvirt itself, with an image open below the roots
 */
public record ProcessesInTheWay(
        List<Guest> guests, List<IdUser> idUsers, List<IdUser> targetUsers, List<ImageUser> imageUsers) {

    public static final ProcessesInTheWay NONE = new ProcessesInTheWay(List.of(), List.of(), List.of(), List.of());

    public ProcessesInTheWay {
        guests = List.copyOf(guests);
        idUsers = List.copyOf(idUsers);
        targetUsers = List.copyOf(targetUsers);
        imageUsers = List.copyOf(imageUsers);
    }

    /** Without the processes of units that are stopped before anything is changed. That they are gone is looked at then. */
    ProcessesInTheWay without(UnitsOfProcesses units) {
        return new ProcessesInTheWay(
                guests, idUsers.stream().filter(user -> !units.have(user.pid())).toList(), targetUsers, imageUsers);
    }
}
