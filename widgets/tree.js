// Trees of elements: a view is a function that returns one, and `draw` makes the page like it.
//
// Text is only ever set as text, never parsed, so whatever a user or a model wrote is shown as it was written.

/**
 * @typedef {string | number | Tree} Child
 * @typedef {{tag: string, props: Record<string, any>, children: (string | Tree)[]}} Tree
 */

/**
 * An element of a tree. Props are attributes, except `on…` (listeners), `key` (identity among siblings), `born` (called
 * with the new element) and the properties named in `PROPERTIES`. Children that are null or false are left out.
 * @param {string} tag
 * @param {Record<string, any> | null} [props]
 * @param {...any} children
 * @returns {Tree}
 */
export function h(tag, props, ...children) {
  const kept = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
  return {
    tag,
    props: props || {},
    children: kept.map((child) => (typeof child === "object" ? child : String(child))),
  };
}

const PROPERTIES = new Set(["value", "checked", "disabled", "open", "selected", "indeterminate"]);
const SVG = "http://www.w3.org/2000/svg";

/**
 * Make the children of `host` like `trees`, keeping the elements that stay (and with them focus, selection and scroll).
 * @param {Element} host
 * @param {(string | Tree)[]} trees
 */
export function draw(host, trees) {
  const kept = keyed(host);
  let next = host.firstChild;
  trees.forEach((tree, position) => {
    const old = kept.get(identity(tree, position));
    kept.delete(identity(tree, position));
    const node = old || create(tree, host);
    if (node === next) next = next.nextSibling;
    else host.insertBefore(node, next);
    if (typeof tree === "string") {
      if (node.nodeValue !== tree) node.nodeValue = tree;
    } else {
      update(node, tree);
    }
  });
  for (const gone of kept.values()) gone.remove();
}

/** The children of `host` that were drawn, by identity. */
function keyed(host) {
  const found = new Map();
  for (const [position, node] of [...host.childNodes].entries()) {
    found.set(node.drawn ? identity(node.drawn, position) : `text ${position}`, node);
  }
  return found;
}

function identity(tree, position) {
  if (typeof tree === "string") return `text ${position}`;
  return `${tree.tag} ${tree.props.key === undefined ? position : `key ${tree.props.key}`}`;
}

function create(tree, host) {
  if (typeof tree === "string") return host.ownerDocument.createTextNode("");
  const inSvg = tree.tag === "svg" || host.namespaceURI === SVG;
  const node = inSvg ? host.ownerDocument.createElementNS(SVG, tree.tag) : host.ownerDocument.createElement(tree.tag);
  node.listening = {};
  if (tree.props.born) tree.props.born(node);
  return node;
}

function update(node, tree) {
  const before = node.drawn ? node.drawn.props : {};
  node.drawn = tree;
  for (const name of Object.keys(before)) if (!(name in tree.props)) set(node, name, null, before[name]);
  draw(node, tree.children); // first, so that a select has the option that its value names
  for (const [name, value] of Object.entries(tree.props)) set(node, name, value, before[name]);
}

function set(node, name, value, before) {
  if (name === "key" || name === "born") return;
  if (name.startsWith("on")) return listen(node, name.slice(2).toLowerCase(), value);
  if (name === "value" && isBeingTyped(node, before)) return;
  if (PROPERTIES.has(name)) {
    if (node[name] !== (value ?? "")) node[name] = value ?? "";
  } else if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value === true ? "" : value)) {
    node.setAttribute(name, value === true ? "" : value);
  }
}

/** Whether the user is in this field and has typed what Python does not know yet: then it is theirs. */
function isBeingTyped(node, before) {
  return node.getRootNode().activeElement === node && before !== undefined && node.value !== before;
}

function listen(node, type, listener) {
  if (!(type in node.listening)) node.addEventListener(type, (event) => node.listening[type]?.(event));
  node.listening[type] = listener;
}
