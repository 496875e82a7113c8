// The plan as a table: the same facts as the graph, in the plan's order.

import { icon } from "./icons.js";
import { h } from "./tree.js";
import { stateWords, taskName } from "./words.js";

export function tableView(graph, live, selected, local, act) {
  return h(
    "div",
    { class: "jarvis-table-view", key: "table" },
    h(
      "table",
      { class: "jarvis-table", "aria-label": "Tasks of the plan" },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          ["Task", "Type", "Uses", "Variable", "Model", "State"].map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h(
        "tbody",
        null,
        graph.tasks.map((task, position) => row(task, position, graph, live[task.id], selected, local, act)),
      ),
    ),
    inputsLine(graph.inputs),
  );
}

function row(task, position, graph, live, selected, local, act) {
  const state = task.problems.length ? task.problems[0] : stateWords(live);
  return h(
    "tr",
    {
      key: task.id,
      class: `is-${task.problems.length ? "wrong" : live?.state || "waiting"}${task.id === selected ? " is-selected" : ""}`,
    },
    h(
      "td",
      null,
      h(
        "button",
        {
          type: "button",
          class: "jarvis-row",
          "data-task": task.id,
          "aria-label": taskName(task, live),
          "aria-pressed": String(task.id === selected),
          onClick: () => act.select(task.id),
        },
        icon(task.icon),
        task.id,
      ),
      local.editable &&
        task.id === selected &&
        graph.tasks.length > 1 &&
        moveButtons(task, position, graph.tasks.length, act),
    ),
    cell("Type", task.type),
    cell("Uses", task.uses.join(", ") || "–"),
    cell("Variable", task.variable ?? "not bound"),
    cell(
      "Model",
      task.expert === "none" ? "no expert" : task.where ? `${task.model} (${task.where})` : task.model || "…",
    ),
    h("td", { "data-label": "State", class: "jarvis-state-cell" }, state || "–"),
  );
}

function cell(label, text) {
  return h("td", { "data-label": label }, text);
}

function moveButtons(task, position, count, act) {
  const move = (places) => act.edit({ op: "move", task: task.id, places });
  return [
    h(
      "button",
      {
        type: "button",
        class: "jarvis-quiet",
        "aria-label": `Move ${task.id} up`,
        disabled: position === 0,
        onClick: () => move(-1),
      },
      "↑",
    ),
    h(
      "button",
      {
        type: "button",
        class: "jarvis-quiet",
        "aria-label": `Move ${task.id} down`,
        disabled: position === count - 1,
        onClick: () => move(1),
      },
      "↓",
    ),
  ];
}

function inputsLine(inputs) {
  if (!inputs.length) return null;
  const said = inputs.map((input) => `@${input.name} (${input.note || input.kind})`).join(", ");
  return h("p", { class: "jarvis-note" }, `Inputs: ${said}`);
}
