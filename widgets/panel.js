// The whole panel as a tree: the head, the graph or table with what stands beside it, results, the row of buttons.

import { modelsView, paletteView, sendsView } from "./drawers.js";
import { graphView, zoomView } from "./graph.js";
import { icon, useKindIcons } from "./icons.js";
import { resultsView } from "./results.js";
import { tableView } from "./table.js";
import { taskView } from "./task.js";
import { h } from "./tree.js";

/**
 * @param {any} state what Python says: graph, live, detail, palette, results, sends
 * @param {any} local what only this page knows
 * @param {any} act what the user's gestures do
 */
export function panelView(state, local, act) {
  const { graph, live, detail, results, sends, palette } = state;
  useKindIcons(palette.icons);
  const selected = detail.id || null;
  const view = local.view === "table" ? tableView : graphView;
  const aside = local.palette
    ? paletteView(palette.types, local, act)
    : selected && taskView(detail, live.tasks[selected], local, act);
  return h(
    "section",
    {
      class: `jarvis is-${live.phase}`,
      key: "panel",
      "aria-label": "Jarvis plan",
      "data-lm-suppress-shortcuts": "true",
      onKeydown: act.key,
      onKeypress: stay,
      onKeyup: stay,
    },
    head(graph, local, act),
    h(
      "p",
      { class: `jarvis-banner is-${live.mood}` },
      live.mood === "problem" && icon("problem"),
      live.banner,
      live.pace && ` (${live.pace})`,
    ),
    [...graph.problems.map((s) => ["problem", s]), ...graph.notes.map((s) => ["note", s])].map(([mood, sentence]) =>
      h("p", { class: `jarvis-${mood}` }, mood === "problem" && icon("problem"), sentence),
    ),
    h(
      "div",
      { class: `jarvis-main${aside ? " has-aside" : ""}` },
      h(
        "div",
        { class: "jarvis-picture" },
        graph.tasks.length || graph.inputs.length
          ? view(graph, live.tasks, selected, local, act)
          : h("p", { class: "jarvis-empty" }, EMPTY[live.phase]),
      ),
      aside,
    ),
    local.drawer === "models" && selected && modelsView(detail, local, act),
    local.drawer === "sends" && sends.tasks && sendsView(sends),
    resultsView(results, graph, live.tasks, act),
    live.answer &&
      h(
        "div",
        { class: "jarvis-answer", role: "group", "aria-label": "Answer" },
        h("div", { class: "jarvis-text" }, live.answer),
      ),
    bar(live.buttons, selected, local, act),
    h(
      "div",
      { class: "jarvis-live", role: "status", "aria-live": "polite", "aria-atomic": "false" },
      local.news.map(({ sentence, number }) => h("p", { key: number }, sentence)),
    ),
  );
}

const EMPTY = {
  planning: "The graph grows here as it is planned.",
  approval: "No tasks yet: add one.",
  review: "No tasks yet: add one.",
  running: "No task is needed for this.",
  ended: "No task was needed for this.",
};

function stay(event) {
  event.stopPropagation();
}

function head(graph, local, act) {
  const tab = (view, name) =>
    h(
      "button",
      {
        type: "button",
        class: "jarvis-tab",
        "aria-pressed": String(local.view === view),
        onClick: () => act.local({ view }),
      },
      name,
    );
  const tabs = h(
    "div",
    { class: "jarvis-tabs", role: "group", "aria-label": "View" },
    tab("graph", "Graph"),
    tab("table", "Table"),
  );
  return h(
    "div",
    { class: "jarvis-head" },
    h("p", { class: "jarvis-request", title: graph.request }, graph.request),
    h("div", { class: "jarvis-tools" }, local.view === "graph" && zoomView(graph, local, act), tabs),
  );
}

function bar(can, selected, local, act) {
  const sent = local.sent; // a click that Python has not answered yet
  const button = (name, enabled, onClick, look = "") =>
    h("button", { type: "button", key: name, class: look || null, disabled: !enabled || Boolean(sent), onClick }, name);
  const order = (message) => () => act.order(message);
  return h(
    "div",
    { class: "jarvis-bar", role: "group", "aria-label": "Actions" },
    can.retry
      ? button("Retry", can.canRetry, order({ kind: "retry" }), "is-primary")
      : button("Run", can.run, order({ kind: "run" }), "is-primary"),
    can.finish && button("Finish", true, order({ kind: "finish" })),
    button("Run to here", can.runTo, order({ kind: "run", to: selected })),
    h(
      "button",
      { type: "button", key: "Cancel", disabled: !can.cancel || sent === "cancel", onClick: order({ kind: "cancel" }) },
      "Cancel",
    ),
    h("span", { class: "jarvis-gap", key: "gap" }),
    button("Add task", can.edit, () => act.local({ palette: !local.palette, wanted: "" })),
    button("Remove task", can.edit && selected, () => act.edit({ op: "remove", task: selected })),
    button("Undo", can.undo, () => act.send({ kind: "undo" })),
    button("Redo", can.redo, () => act.send({ kind: "redo" })),
    button("Save plan", can.save, () => act.send({ kind: "save" })),
    h(
      "button",
      {
        type: "button",
        key: "sends",
        "aria-expanded": String(local.drawer === "sends"),
        onClick: () => act.drawer("sends"),
      },
      "What is sent",
    ),
  );
}
