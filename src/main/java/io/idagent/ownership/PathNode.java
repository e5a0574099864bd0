package io.idagent.ownership;

import io.idagent.platform.RawPath;
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
        int length = 0;
        for (PathNode node = this; node.parent != null; node = node.parent) {
            length += 1 + node.name.length;
        }
        if (length == 0) {
            return RawPath.ROOT;
        }
        byte[] path = new byte[length];
        int start = length;
        for (PathNode node = this; node.parent != null; node = node.parent) {
            start -= node.name.length;
            System.arraycopy(node.name, 0, path, start, node.name.length);
            start--;
            path[start] = '/';
        }
        return RawPath.ofBytes(path);
    }
}
