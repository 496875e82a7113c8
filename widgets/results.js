// Results as they come: a picture, a player, a text, a table; bounded by Python before they get here.

import { icon } from "./icons.js";
import { h } from "./tree.js";

/** @param {{order: string[], byTask: Record<string, any>}} results */
export function resultsView(results, graph, live, act) {
  const shown = graph.tasks.filter((task) => results[task.id]);
  if (!shown.length) return null;
  return h(
    "div",
    { class: "jarvis-results", key: "results", role: "group", "aria-label": "Results" },
    shown.map((task) =>
      h(
        "figure",
        { class: "jarvis-result", key: task.id },
        h(
          "figcaption",
          null,
          icon(task.icon),
          h("b", null, task.id),
          task.purpose && h("span", { class: "jarvis-muted" }, ` ${task.purpose}`),
        ),
        preview(results[task.id], task.id, act),
        (live[task.id]?.notes || []).map((note) => h("p", { class: "jarvis-note" }, note)),
      ),
    ),
  );
}

const FORMS = {
  image: (shown, id) => (isImage(shown.src) ? h("img", { src: shown.src, alt: `${id}, ${shown.note}` }) : null),
  audio: (shown, id, act) => [
    isSound(shown.src) &&
      h("audio", { controls: true, src: shown.src, preload: "metadata", "aria-label": `${id}, ${shown.note}` }),
    shown.cut && h("p", { class: "jarvis-note" }, shown.cut),
    waveform(shown, id, act),
  ],
  video: (shown, id) =>
    isMoving(shown.src) ? h("video", { controls: true, src: shown.src, "aria-label": `${id}, ${shown.note}` }) : null,
  text: (shown) => h("div", { class: "jarvis-text" }, shown.text),
  table: (shown) => [
    h(
      "div",
      { class: "jarvis-scroll" },
      h(
        "table",
        { class: "jarvis-table" },
        h(
          "thead",
          null,
          h(
            "tr",
            null,
            shown.columns.map((name) => h("th", { scope: "col" }, name)),
          ),
        ),
        h(
          "tbody",
          null,
          shown.rows.map((row) =>
            h(
              "tr",
              null,
              row.map((value) => h("td", null, value)),
            ),
          ),
        ),
      ),
    ),
  ],
  list: (shown, id, act) =>
    h(
      "div",
      { class: "jarvis-items" },
      shown.items.map((item, i) => h("div", { key: i }, preview(item, `${id} ${i + 1}`, act))),
    ),
};

function preview(shown, id, act) {
  return [FORMS[shown.form]?.(shown, id, act), shown.note && h("p", { class: "jarvis-note" }, shown.note)];
}

/** The player that draws the wave: a button that asks for it, since it reaches outside; then the player itself. */
function waveform(shown, id, act) {
  if (shown.waveform)
    return h("div", { class: "jarvis-waveform", key: shown.waveform, born: (host) => act.embed(host, shown.waveform) });
  return (
    shown.offer &&
    h(
      "div",
      { class: "jarvis-inline" },
      h("button", { type: "button", onClick: () => act.send({ kind: "waveform", task: id }) }, "Waveform"),
      h("span", { class: "jarvis-note" }, shown.offer),
    )
  );
}

const startsWith = (start) => (/** @type {unknown} */ src) => typeof src === "string" && src.startsWith(start);
const isImage = startsWith("data:image/");
const isSound = startsWith("data:audio/");
const isMoving = startsWith("data:video/");
