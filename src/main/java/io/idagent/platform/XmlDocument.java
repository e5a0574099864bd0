package io.idagent.platform;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * One element of a document from libvirt, and the way to its children.
 *
 * <p>A document type is refused, so that nothing outside the document is ever read. Only children asked for by name are
 * seen: of what other programs keep in {@code <metadata>} only that it is there.
 */
final class XmlDocument {

    private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";

    private final Element element;

    private XmlDocument(Element element) {
        this.element = element;
    }

    /** @throws MalformedDocumentException if the text is no XML, or its root element has another name */
    static XmlDocument parse(String what, String text, String rootName) throws MalformedDocumentException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature(NO_DOCTYPE, true);
            factory.setXIncludeAware(false);
            factory.setExpandEntityReferences(false);
            DocumentBuilder builder = factory.newDocumentBuilder();
            // The default handler prints to standard error before it throws.
            builder.setErrorHandler(new ThrowingErrorHandler());
            Element root =
                    builder.parse(new InputSource(new StringReader(text))).getDocumentElement();
            if (!root.getTagName().equals(rootName)) {
                throw new MalformedDocumentException(
                        what + " begins with <" + root.getTagName() + ">, not with <" + rootName + ">.");
            }
            return new XmlDocument(root);
        } catch (SAXException | IOException e) {
            throw new MalformedDocumentException(what + " is no XML that can be read: " + e.getMessage(), e);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("this Java has no XML parser that can refuse a document type", e);
        }
    }

    /** All elements at the end of this path of element names, from here down. */
    List<XmlDocument> all(String... path) {
        List<XmlDocument> found = List.of(this);
        for (String name : path) {
            List<XmlDocument> next = new ArrayList<>();
            found.forEach(parent -> next.addAll(parent.children(name)));
            found = next;
        }
        return found;
    }

    Optional<XmlDocument> first(String... path) {
        return all(path).stream().findFirst();
    }

    /** @return empty if there is no such element, or only white space in it */
    Optional<String> text(String... path) {
        return first(path).map(found -> found.element.getTextContent().strip()).filter(text -> !text.isEmpty());
    }

    Optional<String> attribute(String name) {
        return element.hasAttribute(name) ? Optional.of(element.getAttribute(name)) : Optional.empty();
    }

    /** The element with all that is in it, as a document of its own. */
    String asText() {
        try {
            StringWriter text = new StringWriter();
            Transformer transformer = TransformerFactory.newDefaultInstance().newTransformer();
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            transformer.transform(new DOMSource(element), new StreamResult(text));
            return text.toString();
        } catch (TransformerException e) {
            throw new IllegalStateException("an element that was read cannot be written", e);
        }
    }

    boolean has(String child) {
        return first(child).isPresent();
    }

    /** The names of all elements in it, with their prefixes. */
    List<String> childNames() {
        List<String> names = new ArrayList<>();
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element child) {
                names.add(child.getTagName());
            }
        }
        return names;
    }

    private List<XmlDocument> children(String name) {
        List<XmlDocument> found = new ArrayList<>();
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element child && child.getTagName().equals(name)) {
                found.add(new XmlDocument(child));
            }
        }
        return found;
    }

    private static final class ThrowingErrorHandler extends org.xml.sax.helpers.DefaultHandler {
        @Override
        public void error(org.xml.sax.SAXParseException problem) throws SAXException {
            throw problem;
        }
    }
}
