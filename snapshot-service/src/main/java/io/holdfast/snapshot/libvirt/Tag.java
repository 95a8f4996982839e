package io.holdfast.snapshot.libvirt;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/** An XML element being written; all text is escaped by the writer. Not thread-safe. */
final class Tag {

    private final String name;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final List<Tag> children = new ArrayList<>();
    private @Nullable String text;

    private Tag(String name) {
        this.name = name;
    }

    static Tag of(String name) {
        return new Tag(name);
    }

    static Tag of(String name, String text) {
        Tag tag = new Tag(name);
        tag.text = text;
        return tag;
    }

    Tag with(String attribute, String value) {
        attributes.put(attribute, value);
        return this;
    }

    Tag add(Tag... more) {
        children.addAll(List.of(more));
        return this;
    }

    Tag add(List<Tag> more) {
        children.addAll(more);
        return this;
    }

    String xml() {
        try {
            StringWriter out = new StringWriter();
            XMLStreamWriter writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
            write(writer);
            writer.close();
            return out.toString();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(XMLStreamWriter writer) throws XMLStreamException {
        writer.writeStartElement(name);
        for (Map.Entry<String, String> a : attributes.entrySet()) {
            writer.writeAttribute(a.getKey(), a.getValue());
        }
        if (text != null) {
            writer.writeCharacters(text);
        }
        for (Tag child : children) {
            child.write(writer);
        }
        writer.writeEndElement();
    }
}
