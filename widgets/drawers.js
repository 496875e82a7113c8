// What opens below the graph or beside it: the models compared, what is sent where, the palette of task types.

import { icon } from "./icons.js";
import { h } from "./tree.js";
import { amount, size } from "./words.js";

// Models -------------------------------------------------------------------------------------------------------

export function modelsView(detail, local, act) {
  const rows = [...detail.candidates, ...detail.found];
  const facts = FACTS.filter(([, fact]) => rows.some(fact)); // a column that would be empty is left out
  return h(
    "div",
    { class: "jarvis-drawer", key: "models", role: "group", "aria-label": `Models for ${detail.id}` },
    h(
      "div",
      { class: "jarvis-inline" },
      h("b", null, `Models for ${detail.id}`),
      h("input", {
        type: "search",
        class: "jarvis-input",
        "aria-label": "Search models",
        placeholder: `search ${detail.type} models`,
        value: detail.searched,
        onInput: (event) => act.typing(() => act.send({ kind: "search", task: detail.id, words: event.target.value })),
      }),
      detail.searchNote && h("span", { class: "jarvis-note", "aria-live": "polite" }, detail.searchNote),
    ),
    h(
      "div",
      { class: "jarvis-scroll" },
      h(
        "table",
        { class: "jarvis-table jarvis-models", "aria-label": `Models for ${detail.id}` },
        h(
          "thead",
          null,
          h(
            "tr",
            null,
            ["", "Model", "Runs", "Good at", "Bad at", ...facts.map(([name]) => name)].map((name) =>
              h("th", { scope: "col" }, name),
            ),
          ),
        ),
        h(
          "tbody",
          null,
          rows.map((candidate) => modelRow(candidate, facts, detail, local, act)),
        ),
      ),
    ),
  );
}

const FACTS = [
  ["Downloads", (candidate) => amount(candidate.downloads)],
  ["Likes", (candidate) => amount(candidate.likes)],
  ["Size", (candidate) => size(candidate.size)],
  ["To download", (candidate) => size(candidate.download)],
  ["Licence", (candidate) => candidate.licence || ""],
];

function modelRow(candidate, facts, detail, local, act) {
  const isChosen = candidate.model === detail.model;
  const choose = () => act.edit({ op: "model", task: detail.id, model: candidate.model, all: local.all });
  return h(
    "tr",
    { key: candidate.model, class: `${isChosen ? "is-selected" : ""}${candidate.unavailable ? " is-dim" : ""}` },
    h(
      "td",
      null,
      h(
        "button",
        {
          type: "button",
          "aria-label": `Use ${candidate.model}`,
          "aria-pressed": String(isChosen),
          disabled: isChosen || !local.editable,
          onClick: choose,
        },
        isChosen ? "Used" : "Use",
      ),
    ),
    h("td", { class: "jarvis-mono" }, candidate.model),
    h("td", { class: "jarvis-fact" }, candidate.where),
    h("td", null, [candidate.description, isChosen ? detail.reason && `Chosen: ${detail.reason}` : candidate.behind].filter(Boolean).join(" ")),
    h(
      "td",
      null,
      candidate.unavailable
        ? h("span", { class: "jarvis-problem" }, icon("problem"), candidate.unavailable)
        : candidate.weakness || "",
    ),
    facts.map(([name, fact]) => h("td", { key: name, class: "jarvis-fact" }, fact(candidate))),
  );
}

// What is sent -------------------------------------------------------------------------------------------------

export function sendsView(sends) {
  return h(
    "div",
    { class: "jarvis-drawer", key: "sends", role: "group", "aria-label": "What is sent" },
    h("p", null, h("b", null, "Planning. "), sends.controller),
    sends.told.map((message) =>
      h("details", null, h("summary", null, message.title), h("pre", { class: "jarvis-text" }, message.text)),
    ),
    h(
      "table",
      { class: "jarvis-table", "aria-label": "What each task sends" },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          ["Task", "To", "What"].map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h(
        "tbody",
        null,
        sends.tasks.map((task) =>
          h(
            "tr",
            { key: task.id, class: task.leaves ? "is-leaving" : "" },
            h("td", { class: "jarvis-mono" }, task.id),
            h("td", null, task.to),
            h("td", null, task.what),
          ),
        ),
      ),
    ),
  );
}

// The palette of task types ------------------------------------------------------------------------------------

export function paletteView(palette, local, act) {
  const shown = searched(palette, local.wanted);
  const add = (type) => act.add(type);
  return h(
    "div",
    { class: "jarvis-aside", key: "palette", role: "group", "aria-label": "Task types" },
    h(
      "div",
      { class: "jarvis-aside-head" },
      h("b", null, "Add a task"),
      h(
        "button",
        {
          type: "button",
          class: "jarvis-quiet",
          "aria-label": "Close task types",
          onClick: () => act.local({ palette: false }),
        },
        "×",
      ),
    ),
    h("input", {
      type: "search",
      class: "jarvis-input",
      "aria-label": "Search task types",
      placeholder: "what shall it do?",
      value: local.wanted,
      born: (element) => act.later(() => element.focus()),
      onInput: (event) => act.local({ wanted: event.target.value }),
      onKeydown: (event) => {
        if (event.key === "Enter" && shown.length) add(shown[0].type);
        if (event.key === "Escape") act.local({ palette: false });
      },
    }),
    h(
      "div",
      { class: "jarvis-options jarvis-palette" },
      shown.map((type) =>
        h(
          "button",
          {
            type: "button",
            key: type.type,
            class: `jarvis-option${type.runs ? "" : " is-dim"}`,
            "aria-label": `${type.type}: ${type.description}${type.runs ? "" : ", no expert here"}`,
            onClick: () => add(type.type),
          },
          h("span", null, icon(type.icon), type.type),
          h("span", { class: "jarvis-where" }, type.runs ? `${type.takes} → ${type.gives}` : "no expert here"),
          h("span", { class: "jarvis-note" }, type.description),
        ),
      ),
      shown.length === 0 &&
        h("p", { class: "jarvis-note" }, `No task type has ${local.wanted} in its name or description.`),
    ),
  );
}

/** The task types that have every word wanted, those that can run here first. */
export function searched(palette, wanted) {
  const words = (wanted || "").toLowerCase().split(/\s+/).filter(Boolean);
  const has = (type) =>
    words.every((word) => `${type.type} ${type.description} ${type.takes} ${type.gives}`.toLowerCase().includes(word));
  return palette.filter(has).sort((a, b) => Number(b.runs) - Number(a.runs));
}
