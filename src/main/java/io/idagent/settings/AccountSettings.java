package io.idagent.settings;

import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which accounts are to have which numbers, and what runs as them. */
final class AccountSettings {

    /** nobody, and the two numbers that mean "no id" in 16 and 32 bits: no account may have them. */
    private static final Set<Long> NEVER_A_TARGET = Set.of(0L, 65534L, 65535L);

    private static final String NAME = "[a-z_][a-z0-9_.-]*";

    private static final String UNIT = "[A-Za-z0-9:_.-]+\\.(service|socket|timer|path)";

    private final SettingValues values;
    private final Set<String> names;

    /** @param names of all accounts that a key names */
    AccountSettings(SettingValues values, Set<String> names) {
        this.values = values;
        this.names = names;
    }

    List<Account> accounts() throws ConfigurationException {
        List<Account> accounts = new ArrayList<>();
        for (String name : names) {
            // What is said about libvirt's label is about the first one.
            accounts.add(name.equals(Account.LIBVIRT_QEMU.user()) ? 0 : accounts.size(), account(name));
        }
        refuseSameNumbers(accounts);
        return accounts;
    }

    private static void refuseSameNumbers(List<Account> accounts) throws ConfigurationException {
        for (Account one : accounts) {
            for (Account other : accounts) {
                if (one != other && (one.uid().equals(other.uid()) || one.gid().equals(other.gid()))) {
                    throw ConfigurationException.of(
                            accountKey(one.user(), "uid"),
                            one.target().toString(),
                            other.user() + " is to have the same number (" + other.target() + ")");
                }
            }
        }
    }

    List<String> units() throws ConfigurationException {
        List<String> units = new ArrayList<>();
        for (String name : names) {
            for (String unit : accountText(name, "units").orElse("").split(",")) {
                if (!unit.isBlank() && !unit.strip().matches(UNIT)) {
                    throw ConfigurationException.of(
                            accountKey(name, "units"),
                            unit,
                            "it is no name of a service, such as nova-compute.service");
                }
                if (!unit.isBlank()) {
                    units.add(unit.strip());
                }
            }
        }
        return units;
    }

    private Account account(String name) throws ConfigurationException {
        String group = accountText(name, "group").orElse(name);
        long uid = target(name, "uid");
        long gid = target(name, "gid");
        if (!name.matches(NAME) || !group.matches(NAME)) {
            throw ConfigurationException.of(
                    accountKey(name, "group"), group, "'" + name + "' or its group is no name of a user");
        }
        return new Account(name, new Uid(uid), group, new Gid(gid));
    }

    private static String accountKey(String name, String part) {
        return "idagent.accounts." + name + "." + part;
    }

    /** Names with a dot need quotes, others may have them. */
    private Optional<String> accountText(String name, String part) {
        return values.text(accountKey(name, part)).or(() -> values.text(accountKey('"' + name + '"', part)));
    }

    private long target(String name, String part) throws ConfigurationException {
        String key = accountKey(name, part);
        Optional<String> text = accountText(name, part);
        if (text.isEmpty() && name.equals(Account.LIBVIRT_QEMU.user())) {
            return Account.LIBVIRT_QEMU.uid().value();
        }
        String value = text.orElseThrow(
                () -> ConfigurationException.of(key, "", "it must be given for an account other than libvirt-qemu"));
        long id;
        try {
            id = Uid.parse(value).value();
        } catch (IllegalArgumentException e) {
            throw ConfigurationException.of(key, value, e.getMessage());
        }
        if (NEVER_A_TARGET.contains(id)) {
            throw ConfigurationException.of(key, value, "0 is root, 65534 is nobody, 65535 means 'none': no target");
        }
        return id;
    }
}
