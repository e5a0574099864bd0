package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoragePoolXmlTest {

    @Test
    void thePathOfADirectoryPoolIsReadFromARealDocument() throws Exception {
        assertEquals(
                new StoragePool("p", "dir", Optional.of("/srv/pool"), true),
                StoragePoolXml.parse(Samples.read("pool-dir.xml"), true));
    }

    @Test
    void aPoolOfVolumesHasNoDirectory() throws MalformedDocumentException {
        StoragePool pool = StoragePoolXml.parse(
                "<pool type='logical'><name>vg</name><target><path>/dev/vg</path></target></pool>", false);
        assertEquals(Optional.empty(), pool.target());
    }

    @Test
    void aPoolWithoutNameOrTypeIsRefused() {
        assertThrows(MalformedDocumentException.class, () -> StoragePoolXml.parse("<pool type='dir'/>", true));
        assertThrows(MalformedDocumentException.class, () -> StoragePoolXml.parse("<pool><name>a</name></pool>", true));
    }
}
