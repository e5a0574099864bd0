package io.idagent.conversion;

import java.util.List;

/** With libvirt closed nothing new can start: whoever is there now started between the first look and the closing. */
final class LookAgainStep implements StepAction {

    /** What forbids a conversion at this moment. */
    interface Look {
        /** @return a sentence for each guest or process in the way; empty if there is none */
        List<String> inTheWay(ConversionPlan plan) throws StepException;
    }

    private final Look look;

    LookAgainStep(Look look) {
        this.look = look;
    }

    @Override
    public String run(Undertaking work) throws StepException {
        List<String> inTheWay = look.inTheWay(work.plan());
        if (!inTheWay.isEmpty()) {
            throw new StepException.Blocked(String.join("; ", inTheWay));
        }
        return "none";
    }
}
