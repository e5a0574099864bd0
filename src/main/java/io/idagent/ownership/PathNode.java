package io.idagent.ownership;

import io.idagent.platform.RawPath;
import java.util.LinkedList;
import java.util.List;

/** A path as a chain of names up to the base: put together only when somebody asks for it. */
record PathNode(PathNode parent, byte[] name) {

    static final PathNode BASE = new PathNode(null, new byte[0]);

    static PathNode of(List<byte[]> names) {
        PathNode node = BASE;
        for (byte[] name : names) {
            node = node.child(name);
        }
        return node;
    }

    PathNode child(byte[] name) {
        return new PathNode(this, name);
    }

    RawPath path() {
        LinkedList<byte[]> names = new LinkedList<>();
        for (PathNode node = this; node.parent != null; node = node.parent) {
            names.addFirst(node.name);
        }
        return RawPath.ofNames(names);
    }
}
