// The chosen task: its expert model, its variable, a field for each argument, and what is wrong, where it is wrong.

import { icon } from "./icons.js";
import { h } from "./tree.js";
import { stateWords } from "./words.js";

/**
 * @param {any} detail the chosen task, with everything that may be chosen for it
 * @param {any} local what only this page knows: which list is open, what is typed to filter it
 */
export function taskView(detail, live, local, act) {
  const editable = local.editable;
  return h(
    "div",
    { class: "jarvis-aside", key: `task ${detail.id}`, role: "group", "aria-label": `Task ${detail.id}` },
    h(
      "div",
      { class: "jarvis-aside-head" },
      icon(detail.icon),
      h("b", { class: "jarvis-id" }, detail.id),
      h("span", { class: "jarvis-type" }, detail.type),
      h(
        "button",
        { type: "button", class: "jarvis-quiet", "aria-label": "Close task", onClick: () => act.select(null) },
        "×",
      ),
    ),
    outcomeView(live),
    detail.problems.map((sentence) => problem(sentence)),
    modelField(detail, local, act),
    variableField(detail, editable, act),
    detail.ports.filter((port) => port.main || port.text).map((port) => argumentField(detail, port, local, act)),
    more(detail, local, act),
  );
}

function outcomeView(live) {
  if (!live || live.state === "waiting") return null;
  return h(
    "div",
    { class: `jarvis-outcome is-${live.state}` },
    h("p", null, icon(live.state), stateWords(live)),
    live.attempts?.length > 1 &&
      h(
        "ul",
        null,
        live.attempts.map((attempt) => h("li", null, `${attempt.model}: ${attempt.failure || "worked"}`)),
      ),
  );
}

function problem(sentence, id) {
  return sentence ? h("p", { class: "jarvis-problem", id: id || null }, icon("problem"), sentence) : null;
}

/** A label, its control, and below it the sentence about what is wrong there. */
function field(name, hint, control, sentence) {
  return h(
    "div",
    { class: `jarvis-field${sentence ? " is-wrong" : ""}`, key: name },
    h(
      "div",
      { class: "jarvis-label", "aria-hidden": "true" },
      name,
      hint && h("span", { class: "jarvis-muted" }, ` ${hint}`),
    ),
    control,
    problem(sentence),
  );
}

// The model ----------------------------------------------------------------------------------------------------

function modelField(detail, local, act) {
  const open = local.open === "model" && local.editable;
  const options = open ? filtered(detail.candidates, local.words, detail.model) : [];
  const choose = (model, field) => {
    if (field) field.value = model; // what was typed to find it would count as another model when the field is left
    act.local({ open: null, words: null, active: -1 });
    if (model && model !== detail.model) act.edit({ op: "model", task: detail.id, model, all: local.all });
  };
  const input = h("input", {
    type: "text",
    role: "combobox",
    class: "jarvis-input",
    "aria-label": "Model",
    "aria-expanded": String(open),
    "aria-controls": "jarvis-models",
    "aria-autocomplete": "list",
    "aria-activedescendant": open && local.active >= 0 ? `jarvis-model-${local.active}` : null,
    "aria-invalid": detail.modelProblem ? "true" : null,
    autocomplete: "off",
    spellcheck: "false",
    disabled: !local.editable,
    placeholder: "model id or URL",
    value: detail.model || "",
    onFocus: (event) => event.target.select(),
    onClick: () => act.local({ open: "model", words: null, active: -1 }),
    onInput: (event) => act.local({ open: "model", words: event.target.value, active: -1 }),
    onKeydown: (event) => modelKey(event, options, open, local, choose, act),
    onChange: (event) => choose(event.target.value.trim(), event.target),
    onBlur: () => act.later(() => act.local({ open: null, words: null })),
  });
  const list =
    open &&
    h(
      "div",
      { class: "jarvis-options", id: "jarvis-models", role: "listbox", "aria-label": "Models" },
      options.map((c, i) => candidateOption(c, i, detail, local, choose)),
    );
  return field(
    "Model",
    detail.where,
    [
      input,
      list,
      detail.reason && h("p", { class: "jarvis-note" }, detail.reason),
      downloadView(detail, local, act),
      h(
        "div",
        { class: "jarvis-inline" },
        h(
          "button",
          {
            type: "button",
            class: "jarvis-link",
            "aria-expanded": String(local.drawer === "models"),
            onClick: () => act.drawer("models"),
          },
          "Compare models",
        ),
        detail.sameType > 1 &&
          h(
            "label",
            null,
            h("input", {
              type: "checkbox",
              checked: local.all,
              disabled: !local.editable,
              onChange: (event) => act.local({ all: event.target.checked }),
            }),
            ` for all ${detail.sameType} ${detail.type} tasks`,
          ),
      ),
    ],
    detail.modelProblem,
  );
}

/** What has to come first; where that is large, the question, and its answers. */
function downloadView(detail, local, act) {
  if (!detail.download) return null;
  const { size, asks } = detail.download;
  if (!asks) return h("p", { class: "jarvis-note" }, `${size} will be downloaded first.`);
  return h(
    "div",
    { class: "jarvis-question", role: "group", "aria-label": "Download" },
    h("p", { class: "jarvis-problem" }, icon("problem"), asks),
    h(
      "div",
      { class: "jarvis-inline" },
      h(
        "button",
        {
          type: "button",
          class: "is-primary",
          disabled: !local.editable,
          onClick: () => act.edit({ op: "download", task: detail.id }),
        },
        `Download ${size}`,
      ),
      h(
        "button",
        { type: "button", disabled: !local.editable, onClick: () => local.drawer !== "models" && act.drawer("models") },
        "Choose another model",
      ),
    ),
  );
}

function modelKey(event, options, open, local, choose, act) {
  const last = options.length - 1;
  if (event.key === "ArrowDown") act.local({ open: "model", active: Math.min(last, local.active + 1) });
  else if (event.key === "ArrowUp") act.local({ active: Math.max(-1, local.active - 1) });
  else if (event.key === "Enter")
    choose(open && local.active >= 0 ? options[local.active].model : event.target.value.trim(), event.target);
  else if (event.key === "Escape" && open) act.local({ open: null, words: null });
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** The candidates whose model or description has the words; all of them while nothing was typed. */
export function filtered(candidates, words, chosen) {
  const wanted = (words === null || words === undefined || words === chosen ? "" : words).toLowerCase();
  return candidates.filter((candidate) => `${candidate.model} ${candidate.description}`.toLowerCase().includes(wanted));
}

function candidateOption(candidate, position, detail, local, choose) {
  return h(
    "div",
    {
      role: "option",
      id: `jarvis-model-${position}`,
      key: candidate.model,
      class: `jarvis-option${position === local.active ? " is-active" : ""}${candidate.unavailable ? " is-dim" : ""}`,
      "aria-selected": String(candidate.model === detail.model),
      // Before the field loses the focus, which would close the list.
      onPointerdown: (event) => {
        event.preventDefault();
        choose(candidate.model, event.target.getRootNode().activeElement);
      },
    },
    h("span", { class: "jarvis-cut" }, candidate.model),
    h("span", { class: "jarvis-where" }, candidate.where),
    h(
      "span",
      { class: "jarvis-note" },
      candidate.unavailable || [candidate.behind, candidate.description].filter(Boolean).join(" "),
    ),
  );
}

// Variable and arguments ---------------------------------------------------------------------------------------

function variableField(detail, editable, act) {
  return field(
    "Variable",
    null,
    h(
      "div",
      { class: "jarvis-inline" },
      h("input", {
        type: "text",
        class: "jarvis-input jarvis-mono",
        "aria-label": "Variable",
        "aria-invalid": detail.variableProblem ? "true" : null,
        spellcheck: "false",
        autocomplete: "off",
        disabled: !editable || detail.variable === null,
        value: detail.variable ?? "",
        placeholder: "not bound",
        onChange: (event) => act.edit({ op: "variable", task: detail.id, name: event.target.value.trim() }),
      }),
      h(
        "label",
        null,
        h("input", {
          type: "checkbox",
          checked: detail.variable !== null,
          disabled: !editable,
          onChange: (event) => act.edit({ op: "bind", task: detail.id, bound: event.target.checked }),
        }),
        " bind",
      ),
    ),
    detail.variableProblem,
  );
}

function argumentField(detail, port, local, act) {
  const hint = `${port.kind}${port.optional ? ", optional" : ""}`;
  const control =
    port.control === "reference" ? referenceSelect(detail, port, local, act) : textField(detail, port, local, act);
  return field(port.name, hint, control, port.problem);
}

function referenceSelect(detail, port, local, act) {
  const known = port.fitting.some((choice) => choice.reference === port.text);
  const stray = port.text && !known ? [h("option", { key: port.text, value: port.text }, port.text)] : [];
  const empty = h(
    "option",
    { key: "", value: "" },
    port.fitting.length ? (port.optional ? "none" : "choose…") : "nothing here fits",
  );
  const fitting = port.fitting.map((choice) =>
    h("option", { key: choice.reference, value: choice.reference }, `${choice.reference}  (${choice.kind})`),
  );
  return h(
    "select",
    {
      class: "jarvis-input",
      "aria-label": port.name,
      "aria-invalid": port.problem ? "true" : null,
      disabled: !local.editable,
      value: port.text,
      onChange: (event) => act.edit({ op: "argument", task: detail.id, port: port.name, text: event.target.value }),
    },
    empty,
    stray,
    fitting,
  );
}

function textField(detail, port, local, act) {
  const open = local.open === `references ${port.name}`;
  const send = (text) => act.edit({ op: "argument", task: detail.id, port: port.name, text });
  const isShort = port.control === "number" || port.control === "words";
  const input = h(isShort ? "input" : "textarea", {
    class: `jarvis-input${port.control === "json" ? " jarvis-mono" : ""}`,
    type: isShort ? "text" : null,
    rows: isShort ? null : rowsFor(port.text),
    inputmode: port.control === "number" ? "decimal" : null,
    "aria-label": port.name,
    "aria-invalid": port.problem ? "true" : null,
    "data-port": port.name,
    placeholder: PLACEHOLDERS[port.control] || null,
    disabled: !local.editable,
    value: port.text,
    onInput: (event) => act.typing(() => send(event.target.value)),
    onChange: (event) => send(event.target.value),
  });
  const picker =
    port.fitting.length > 0 &&
    h(
      "button",
      {
        type: "button",
        class: "jarvis-quiet",
        "aria-label": `Insert a reference in ${port.name}`,
        "aria-expanded": String(open),
        disabled: !local.editable,
        onClick: () => act.local({ open: open ? null : `references ${port.name}` }),
      },
      "@",
    );
  const insert = (event, reference) => {
    const area = event.target.closest(".jarvis-field").querySelector("[data-port]");
    const text = inserted(area.value, reference, area.selectionStart, area.selectionEnd, port.control);
    act.local({ open: null });
    area.value = text;
    area.focus();
    send(text);
  };
  const list =
    open &&
    h(
      "div",
      { class: "jarvis-options", role: "group", "aria-label": `References for ${port.name}` },
      port.fitting.map((choice) =>
        h(
          "button",
          {
            type: "button",
            key: choice.reference,
            class: "jarvis-option",
            onClick: (event) => insert(event, choice.reference),
          },
          h("span", { class: "jarvis-mono" }, choice.reference),
          h("span", { class: "jarvis-where" }, choice.kind),
        ),
      ),
    );
  return [h("div", { class: "jarvis-inline" }, input, picker), list];
}

const PLACEHOLDERS = { list: "one per line, or divided by commas", json: '{"name": value}', number: "a number" };

function rowsFor(text) {
  return Math.max(1, Math.min(8, text.split("\n").length + Math.floor(text.length / 44)));
}

/** The text of a field with a reference put where the caret is; in a field of one value it takes the place of all. */
export function inserted(text, reference, start, end, control) {
  if (control === "number" || control === "words") return reference;
  const before = text.slice(0, start);
  const after = text.slice(end);
  if (control === "list")
    return [before.trimEnd().replace(/,$/, ""), reference, after.trimStart()].filter(Boolean).join(", ");
  const gap = before && !/\s$/.test(before) ? " " : "";
  const rest = after && !/^[\s.,;:!?)]/.test(after) ? " " : "";
  return `${before}${gap}${reference}${rest}${after}`;
}

// What is rarely changed ---------------------------------------------------------------------------------------

function more(detail, local, act) {
  const edit = (change) => act.edit({ task: detail.id, ...change });
  return h(
    "details",
    { class: "jarvis-more", key: "more" },
    h("summary", null, "More"),
    detail.ports.filter((port) => !port.main && !port.text).map((port) => argumentField(detail, port, local, act)),
    field(
      "Purpose",
      null,
      h("input", {
        type: "text",
        class: "jarvis-input",
        "aria-label": "Purpose",
        disabled: !local.editable,
        value: detail.purpose,
        onChange: (event) => edit({ op: "purpose", text: event.target.value }),
      }),
    ),
    detail.lists &&
      field(
        "Lists",
        null,
        h(
          "select",
          {
            class: "jarvis-input",
            "aria-label": "Lists",
            disabled: !local.editable,
            value: detail.lists,
            onChange: (event) => edit({ op: "lists", rule: event.target.value }),
          },
          h("option", { key: "items", value: "items" }, "once for each item"),
          h("option", { key: "whole", value: "whole" }, "the whole list in one call"),
          detail.lists === "named" && h("option", { key: "named", value: "named" }, "as the plan says"),
        ),
      ),
    detail.before.length > 0 &&
      field(
        "After",
        "ends first, although nothing of it is used",
        detail.before.map((other) =>
          h(
            "label",
            { key: other.id },
            h("input", {
              type: "checkbox",
              checked: other.chosen,
              disabled: !local.editable,
              onChange: (event) => edit({ op: "after", other: other.id, chosen: event.target.checked }),
            }),
            ` ${other.id}`,
          ),
        ),
      ),
  );
}
