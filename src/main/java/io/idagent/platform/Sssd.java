package io.idagent.platform;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks sssd whether it reaches its directories ({@code IsOnline} of its D-Bus interface, sssd-ifp(5)); root only is told.
 *
 * <p>Out of their reach sssd goes on from what it has met before, and says of everybody else that there is no such user: to
 * the name service switch that is an answer like any other (seen with sssd 2.8).
 */
final class Sssd {

    private static final String SERVICE = "org.freedesktop.sssd.infopipe";
    private static final String OBJECT = "/org/freedesktop/sssd/infopipe";
    private static final Pattern DOMAIN = Pattern.compile(OBJECT + "/Domains/\\w+");

    private final Commands commands = new Commands();
    private final Duration limit;

    Sssd(Duration limit) {
        this.limit = limit;
    }

    /** @throws NameServiceException if a directory is out of its reach, or that cannot be seen */
    void mustBeOnline() throws NameServiceException {
        Matcher domains = DOMAIN.matcher(ask(OBJECT, SERVICE, "ListDomains"));
        while (domains.find()) {
            if (!ask(domains.group(), SERVICE + ".Domains.Domain", "IsOnline").contains("true")) {
                throw new NameServiceException(
                        "Name service 'sss' cannot answer: sssd is offline, it does not reach the" + " directory of "
                                + domains.group() + ".");
            }
        }
    }

    private String ask(String object, String face, String method) throws NameServiceException {
        String why;
        try {
            CommandResult result =
                    commands.run(List.of("busctl", "--json=short", "call", SERVICE, object, face, method), limit);
            if (result.succeeded()) {
                return result.out();
            }
            why = result.describe();
        } catch (CommandException e) {
            why = e.getMessage();
        }
        throw new NameServiceException("Name service 'sss' says that there is no such name; it says so too when its"
                + " directory is out of reach, and whether it is cannot be seen (Debian: apt install sssd-dbus): "
                + why);
    }
}
