package io.idagent.platform;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The base label out of libvirt's capabilities ("Driver capabilities XML format", secmodel). */
final class CapabilitiesXml {

    private static final Pattern LABEL = Pattern.compile("\\+?([0-9]+):\\+?([0-9]+)");

    private CapabilitiesXml() {}

    /**
     * @return the owner under which the daemon starts qemu; empty if it has no DAC security model
     * @throws MalformedDocumentException if there is a label that is no pair of numbers, or several that differ
     */
    static Optional<Owner> baseLabel(String xml) throws MalformedDocumentException {
        String what = "libvirt's capabilities document";
        XmlDocument capabilities = XmlDocument.parse(what, xml, "capabilities");
        Set<Owner> labels = new LinkedHashSet<>();
        for (XmlDocument model : capabilities.all("host", "secmodel")) {
            if (!model.text("model").equals(Optional.of("dac"))) {
                continue;
            }
            for (XmlDocument label : model.all("baselabel")) {
                labels.add(owner(what, label.text().orElse("")));
            }
        }
        if (labels.size() > 1) {
            throw new MalformedDocumentException(what + " has base labels that differ: " + labels + ".");
        }
        return labels.stream().findFirst();
    }

    private static Owner owner(String what, String label) throws MalformedDocumentException {
        Matcher numbers = LABEL.matcher(label);
        if (numbers.matches()) {
            try {
                return new Owner(Uid.parse(numbers.group(1)), Gid.parse(numbers.group(2)));
            } catch (IllegalArgumentException e) {
                throw new MalformedDocumentException(
                        what + " has the base label '" + label + "': " + e.getMessage(), e);
            }
        }
        throw new MalformedDocumentException(what + " has the base label '" + label + "', which is no uid:gid.");
    }
}
