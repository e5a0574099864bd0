package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever defines a guest writes into the document that root reads. It can make root read nothing else. */
class XmlFromOutsideTest {

    @TempDir
    private Path directory;

    @Test
    void noDocumentMakesUsReadAFileOrAskAServer() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "the-secret");
        Path dtd = Files.writeString(directory.resolve("evil.dtd"), "<!ENTITY f SYSTEM '" + secret.toUri() + "'>");
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.setSoTimeout(1);
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/x.dtd";
            for (String doctype : List.of(
                    "<!DOCTYPE domain [<!ENTITY f SYSTEM '" + secret.toUri() + "'>]>",
                    "<!DOCTYPE domain [<!ENTITY f SYSTEM '" + url + "'>]>",
                    "<!DOCTYPE domain SYSTEM '" + dtd.toUri() + "'>",
                    "<!DOCTYPE domain SYSTEM '" + url + "'>",
                    "<!DOCTYPE domain PUBLIC '-//X' '" + url + "'>",
                    "<!DOCTYPE domain [<!ENTITY % p SYSTEM '" + dtd.toUri() + "'> %p;]>",
                    "<!DOCTYPE domain [<!ENTITY % p SYSTEM '" + url + "'> %p;]>")) {
                String xml = doctype + "<domain><name>&f;</name><uuid>u</uuid></domain>";
                MalformedDocumentException refused =
                        assertThrows(MalformedDocumentException.class, () -> XmlDocument.parse("it", xml, "domain"));
                assertFalse(refused.getMessage().contains("the-secret"));
            }
            for (String inclusion : List.of(
                    "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' parse='text' href='" + secret.toUri()
                            + "'/>",
                    "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='" + url + "'/>")) {
                String xml = "<domain xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='u "
                        + url + "' xsi:noNamespaceSchemaLocation='" + url + "'><name>n" + inclusion
                        + "</name></domain>";
                assertFalse(XmlDocument.parse("it", xml, "domain")
                        .text("name")
                        .orElse("")
                        .contains("the-secret"));
            }
            assertThrows(SocketTimeoutException.class, server::accept, "somebody has asked the server");
        }
    }

    @Test
    void entitiesThatGrowAreRefused() {
        StringBuilder laughs = new StringBuilder("<!DOCTYPE domain [<!ENTITY l0 'ha'>");
        for (int i = 1; i < 40; i++) {
            laughs.append("<!ENTITY l%d '&l%d;&l%d;'>".formatted(i, i - 1, i - 1));
        }
        String xml = laughs + "]><domain><name>&l39;</name></domain>";
        assertThrows(MalformedDocumentException.class, () -> XmlDocument.parse("it", xml, "domain"));
    }

    @Test
    void aDocumentOfAHundredThousandLevelsIsReadOrRefused() {
        String xml = "<domain>" + "<a>".repeat(100_000) + "</a>".repeat(100_000) + "</domain>";
        try {
            XmlDocument.parse("it", xml, "domain").text("name");
        } catch (MalformedDocumentException refused) {
            assertFalse(refused.getMessage().isEmpty());
        }
    }
}
