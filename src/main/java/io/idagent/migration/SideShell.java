package io.idagent.migration;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A command on the host of a libvirt: by the shell here, and by ssh there as libvirt's own client would call it. */
final class SideShell {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:+,@%][A-Za-z0-9_./:+,@%-]*");

    private SideShell() {}

    /** @param uri of the other side's libvirt; empty: this host. @return empty: ssh is not how that side is reached */
    static Optional<List<String>> argv(Optional<String> uri, List<String> words) {
        if (uri.isEmpty()) {
            return Optional.of(words);
        }
        return ssh(URI.create(uri.get())).map(ssh -> {
            List<String> argv = new ArrayList<>(ssh);
            argv.add(words.stream().map(SideShell::quoted).collect(Collectors.joining(" ")));
            return argv;
        });
    }

    /**
     * How libvirt's client would call ssh for this address ("Connection URIs"), but that ssh fails instead of asking for a
     * password.
     */
    static Optional<List<String>> ssh(URI uri) {
        if (uri.getScheme() == null || !uri.getScheme().endsWith("+ssh") || uri.getHost() == null) {
            return Optional.empty();
        }
        List<String> argv = new ArrayList<>(List.of("ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"));
        if (uri.getPort() > 0) {
            argv.addAll(List.of("-p", Integer.toString(uri.getPort())));
        }
        if (uri.getQuery() != null) {
            for (String part : uri.getQuery().split("&")) {
                if (part.startsWith("keyfile=")) {
                    argv.addAll(List.of("-i", part.substring("keyfile=".length())));
                }
            }
        }
        if (uri.getUserInfo() != null) {
            argv.addAll(List.of("-l", uri.getUserInfo()));
        }
        argv.addAll(List.of("--", uri.getHost().replaceAll("[\\[\\]]", "")));
        return Optional.of(argv);
    }

    /** One word to a shell, whatever is in it; what needs no quotes has none. */
    static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
