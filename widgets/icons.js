// Small pictures, drawn as strokes in the colour of the text around them. Those of the kinds come from Python, which
// draws the static graph with them too.

import { h } from "./tree.js";

const STATES = {
  done: "M3.5 8.5l3 3 6-7",
  failed: "M4 4l8 8M12 4l-8 8",
  skipped: "M3 8h10M10 5l3 3-3 3",
  waiting: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z",
  running: "M8 2.5a5.5 5.5 0 1 1-5.5 5.5",
  problem: "M8 2.5l6 11H2zM8 6.5v3M8 11.5h.01",
};

/** @type {Record<string, [string, Record<string, string>][]>} */
let kinds = {};

/** Take the pictures of the kinds: for each, the tags and attributes of its elements. */
export function useKindIcons(icons) {
  kinds = icons || {};
}

/** A picture by name; decoration, so it has no name for those who listen. @param {string} name */
export function icon(name) {
  const frame = (side, parts) =>
    h(
      "svg",
      { class: `jarvis-icon jarvis-icon-${name}`, viewBox: `0 0 ${side} ${side}`, "aria-hidden": "true" },
      parts,
    );
  if (STATES[name]) return frame(16, h("path", { d: STATES[name] }));
  return frame(
    24,
    (kinds[name] || []).map(([tag, attributes]) => h(tag, attributes)),
  );
}
