// Putting a newer version of an element in place of the present one, without touching what is the same: focus, selection,
// opened details and what has been typed stay.
"use strict";

const Own = new Set(["open", "aria-busy"]); // Attributes that are for whoever looks to set, not for the server.

/** Not the property, which in a form is its field of that name. */
const idOf = node => node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("id") : null;

function morph(present, wanted) {
    if (present.nodeType !== wanted.nodeType || present.nodeName !== wanted.nodeName || idOf(present) !== idOf(wanted)) {
        present.replaceWith(wanted);
        return;
    }
    if (present.nodeType !== Node.ELEMENT_NODE) {
        if (present.data !== wanted.data) present.data = wanted.data;
        return;
    }
    if (present.isEqualNode(wanted)) return;
    for (const { name } of [...present.attributes]) {
        if (!wanted.hasAttribute(name) && !Own.has(name)) present.removeAttribute(name);
    }
    for (const { name, value } of wanted.attributes) {
        if (present.getAttribute(name) !== value && !Own.has(name)) present.setAttribute(name, value);
    }
    if (present.tagName === "TIME") return;
    morphChildren(present, wanted);
}

function morphChildren(present, wanted) {
    const ids = new Set([...wanted.children].map(idOf));
    const byId = new Map();
    for (const child of [...present.children].filter(idOf)) {
        // What leaves goes first: then what stays is where it belongs, and is not moved, which would take the focus from it.
        if (ids.has(idOf(child))) byId.set(idOf(child), child);
        else child.remove();
    }
    let next = present.firstChild;
    const removeNext = () => {
        const old = next;
        next = next.nextSibling;
        old.remove();
    };
    for (const child of [...wanted.childNodes]) {
        const id = idOf(child);
        const same = byId.get(id);
        if (same) {
            while (next && next !== same && next.nodeType !== Node.ELEMENT_NODE) removeNext();
            if (same === next) next = next.nextSibling;
            else present.insertBefore(same, next);
            morph(same, child);
        } else if (next && !id && !idOf(next)) {
            const old = next;
            next = next.nextSibling;
            morph(old, child);
        } else {
            present.insertBefore(child, next);
        }
    }
    while (next) removeNext();
}
