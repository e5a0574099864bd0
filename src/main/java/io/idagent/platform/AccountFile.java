package io.idagent.platform;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@code passwd(5)} or {@code group(5)} file, read strictly.
 *
 * <p>Empty lines, comments, and the "+" and "-" lines of NIS ({@code nsswitch.conf(5)}, compat) are no entries. Names are
 * compared as bytes. The first of several entries with one number is its name, as in glibc; several entries with one
 * name and different numbers are an error, because programs disagree about which of them counts.
 */
final class AccountFile {

    /** @param fields the text between the colons, each character one byte of the file */
    record Line(int row, List<String> fields, Optional<Long> id) {

        String field(int index) {
            return fields.get(index);
        }

        long number() {
            return id.orElseThrow();
        }

        boolean isBroken() {
            return id.isEmpty();
        }

        /** Whether a person could take this line for one about that number: "foo:x: 109" and "foo:109" as well. */
        boolean mentions(long number) {
            return fields.stream().skip(1).anyMatch(field -> {
                String digits = field.strip().replaceFirst("^\\+?0*(?=[0-9])", "");
                return digits.equals(Long.toString(number));
            });
        }
    }

    private static final int ID_FIELD = 2;

    private final String fileName;
    private final List<Line> lines;

    private AccountFile(String fileName, List<Line> lines) {
        this.fileName = fileName;
        this.lines = lines;
    }

    static AccountFile passwd(String fileName, byte[] content) throws NameServiceException {
        return parse(fileName, content, 7);
    }

    static AccountFile group(String fileName, byte[] content) throws NameServiceException {
        return parse(fileName, content, 4);
    }

    private static AccountFile parse(String fileName, byte[] content, int fieldCount) throws NameServiceException {
        List<Line> lines = new ArrayList<>();
        int row = 0;
        for (String raw : new String(content, ISO_8859_1).split("\n")) {
            row++;
            String text = raw.stripLeading();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith("+") || text.startsWith("-")) {
                continue;
            }
            List<String> fields = List.of(text.split(":", -1));
            lines.add(new Line(row, fields, fields.size() == fieldCount ? id(fields, fieldCount) : Optional.empty()));
        }
        if (lines.stream().allMatch(Line::isBroken)) {
            // Even the smallest system has root: this is a truncated file or no account file at all.
            throw new NameServiceException(fileName + " holds no readable entry: it is empty or damaged.");
        }
        return new AccountFile(fileName, List.copyOf(lines));
    }

    private static Optional<Long> id(List<String> fields, int fieldCount) {
        try {
            if (fields.get(0).isEmpty()) {
                return Optional.empty();
            }
            if (fieldCount == 7) {
                Gid.parse(fields.get(3));
            }
            return Optional.of(Uid.parse(fields.get(ID_FIELD)).value());
        } catch (IllegalArgumentException notANumber) {
            return Optional.empty();
        }
    }

    /** @throws NameServiceException if a broken line, or two that contradict each other, carry the name */
    Optional<Line> entry(String name) throws NameServiceException {
        String wanted = new String(name.getBytes(UTF_8), ISO_8859_1);
        Line found = null;
        for (Line line : lines) {
            if (!line.field(0).strip().equals(wanted)) {
                continue;
            }
            if (line.isBroken() || !line.field(0).equals(wanted)) {
                throw broken(line);
            }
            if (found != null && found.number() != line.number()) {
                throw new NameServiceException("'" + name + "' stands in " + fileName + " with two numbers: "
                        + found.number() + " in line " + found.row() + ", " + line.number() + " in line " + line.row()
                        + ". Take one of them out.");
            }
            found = found == null ? line : found;
        }
        return Optional.ofNullable(found);
    }

    /** @throws NameServiceException if a broken line carries the number */
    Optional<String> nameOf(long number) throws NameServiceException {
        Line found = null;
        for (Line line : lines) {
            if (line.isBroken() && line.mentions(number)) {
                throw broken(line);
            }
            if (!line.isBroken() && line.number() == number && found == null) {
                found = line;
            }
        }
        return Optional.ofNullable(found).map(line -> decoded(line.field(0)));
    }

    private NameServiceException broken(Line line) {
        return new NameServiceException("Line " + line.row() + " of " + fileName + " is broken: '"
                + decoded(String.join(":", line.fields())) + "'. Correct it (pwck, grpck) and try again.");
    }

    /** All that are whole. */
    List<Line> entries() {
        return lines.stream().filter(line -> !line.isBroken()).toList();
    }

    static String decoded(String bytes) {
        return new String(bytes.getBytes(ISO_8859_1), UTF_8);
    }
}
