// Pictures of 16 by 16 units, drawn as strokes in the colour of the text around them.

import { h } from "./tree.js";

const PATHS = {
  text: "M3 4h10M3 8h10M3 12h6",
  image: "M2.5 3.5h11v9h-11zM2.5 11l3-3 2.5 2.5L10.5 8l3 3M5.5 6h.01",
  audio: "M3 6.5v3h2.5L9 12V4L5.5 6.5zM11 6a3 3 0 0 1 0 4M12.5 4a6 6 0 0 1 0 8",
  video: "M2.5 4.5h7v7h-7zM9.5 7.5l4-2.5v6l-4-2.5",
  table: "M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 3.5v9",
  labels: "M2.5 3.5h5l6 6-4 4-7-7zM5 6h.01",
  boxes: "M2.5 5V2.5H5M11 2.5h2.5V5M13.5 11v2.5H11M5 13.5H2.5V11M6 6h4v4H6z",
  masks: "M8 2.5c4 0 5.5 2 5.5 5S11 13.5 7.5 13.5 2.5 11 2.5 8 5 2.5 8 2.5zM6 8.5c1-2 3-2 4 0",
  tokens: "M2.5 6.5h3v3h-3zM7.5 8h6M2.5 12.5h8M2.5 3.5h11",
  answer: "M3 3.5h10v7H8l-3 2.5v-2.5H3zM6.5 6a1.5 1.5 0 1 1 1.5 1.5V8M8 9.2h.01",
  vector: "M3 13l10-10M13 3H9M13 3v4M3 3v10h10",
  number: "M6 2.5l-1.5 11M11.5 2.5l-1.5 11M3 6h10.5M2.5 10H13",
  json: "M6 2.5c-2 0-2 1-2 2.5s0 3-1.5 3C4 8 4 9.5 4 11s0 2.5 2 2.5M10 2.5c2 0 2 1 2 2.5s0 3 1.5 3c-1.5 0-1.5 1.5-1.5 3s0 2.5-2 2.5",
  done: "M3.5 8.5l3 3 6-7",
  failed: "M4 4l8 8M12 4l-8 8",
  skipped: "M3 8h10M10 5l3 3-3 3",
  waiting: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z",
  running: "M8 2.5a5.5 5.5 0 1 1-5.5 5.5",
  problem: "M8 2.5l6 11H2zM8 6.5v3M8 11.5h.01",
};

/** A picture by name; decoration, so it has no name for those who listen. @param {string} name */
export function icon(name) {
  const path = h("path", { d: PATHS[name] || PATHS.json });
  return h("svg", { class: `jarvis-icon jarvis-icon-${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" }, path);
}
