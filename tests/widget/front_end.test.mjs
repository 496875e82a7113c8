// Unit tests of the front end: what its views say, without a browser. Run by test_front_end.py, or `node --test tests/widget`.

import assert from "node:assert/strict";
import { test } from "node:test";

import { paletteView, searched, sendsView } from "../../widgets/drawers.js";
import { fittingZoom, graphView, neighbour } from "../../widgets/graph.js";
import { panelView } from "../../widgets/panel.js";
import { resultsView } from "../../widgets/results.js";
import { tableView } from "../../widgets/table.js";
import { filtered, inserted, taskView } from "../../widgets/task.js";
import { h } from "../../widgets/tree.js";
import { amount, duration, newsOf, size, stateWords, taskName } from "../../widgets/words.js";

// Looking at trees ---------------------------------------------------------------------------------------------

function* all(tree) {
  yield tree;
  for (const child of tree.children) if (typeof child !== "string") yield* all(child);
}
const textOf = (tree) => tree.children.map((child) => (typeof child === "string" ? child : textOf(child))).join("");
const nameOf = (tree) => tree.props["aria-label"] ?? textOf(tree);
const find = (tree, tag, name) => [...all(tree)].find((found) => found.tag === tag && nameOf(found) === name);
const act = new Proxy({}, { get: () => () => {} });

const shape = (x, y) => ({ x, y, width: 200, height: 60 });
const caption = {
  id: "caption",
  type: "image-to-text",
  icon: "text",
  purpose: "describe",
  variable: "caption",
  model: "facts",
  where: "toolbox",
  expert: "known",
  uses: ["@photo"],
  problems: [],
  shape: shape(0, 0),
};
const speech = {
  ...caption,
  id: "speech",
  type: "text-to-speech",
  icon: "audio",
  variable: null,
  uses: ["@caption"],
  shape: shape(0, 100),
};
const poster = { ...caption, id: "poster", model: "", where: "", expert: "none", shape: shape(300, 100) };
const graph = {
  request: "Describe @photo.",
  width: 500,
  height: 200,
  tasks: [caption, speech, poster],
  inputs: [{ name: "photo", kind: "image", icon: "image", note: "640 × 480", shape: shape(0, -90) }],
  outputs: [],
  routes: [{ source: "photo", target: "caption", order: false, path: "M0 0" }],
  notes: ["A note."],
  problems: [],
};
const buttons = {
  run: true,
  runTo: true,
  retry: false,
  finish: false,
  cancel: true,
  edit: true,
  undo: false,
  redo: false,
  save: true,
};
const live = { phase: "approval", banner: "Ready to run.", mood: "", buttons, tasks: {}, answer: "" };
const local = {
  view: "graph",
  zoom: 1,
  width: 900,
  open: null,
  words: null,
  active: -1,
  all: false,
  palette: false,
  wanted: "",
  drawer: null,
  wire: null,
  news: [],
  sent: null,
  editable: true,
};
const state = { graph, live, detail: {}, results: {}, sends: {}, palette: { types: [], icons: {} } };
const detail = {
  id: "caption",
  type: "image-to-text",
  icon: "text",
  purpose: "describe",
  model: "toolbox/facts",
  where: "toolbox",
  reason: "It ranks first.",
  searched: "",
  searchNote: "",
  modelProblem: null,
  candidates: [
    { model: "toolbox/facts", where: "toolbox", description: "Measures.", unavailable: null },
    { model: "owner/blip", where: "hf", description: "Describes.", unavailable: "It needs a key." },
  ],
  found: [],
  variable: "caption",
  variableProblem: null,
  problems: [],
  sameType: 2,
  lists: null,
  before: [],
  ports: [
    {
      name: "image",
      kind: "image",
      main: true,
      optional: false,
      control: "reference",
      text: "@photo",
      fitting: [{ reference: "@photo", kind: "image" }],
      problem: null,
    },
    {
      name: "options",
      kind: "json",
      main: false,
      optional: true,
      control: "json",
      text: "",
      fitting: [],
      problem: null,
    },
  ],
};

// Words --------------------------------------------------------------------------------------------------------

test("times, amounts and sizes read as people say them", () => {
  assert.deepEqual([0.04, 1.24, 12.4, 59.6, 185].map(duration), ["0.0 s", "1.2 s", "12 s", "1 min 00 s", "3 min 05 s"]);
  assert.deepEqual([null, 950, 1500, 12400, 3.4e6].map(amount), ["", "950", "1.5 k", "12 k", "3.4 M"]);
  assert.deepEqual([null, 0, 15e6, 2.5e9].map(size), ["", "", "15 MB", "2.5 GB"]);
});

test("a state reads as a sentence", () => {
  assert.equal(stateWords({ state: "done", seconds: 1.2 }), "done in 1.2 s");
  assert.equal(stateWords({ state: "running", phrase: "12 of 40" }), "running, 12 of 40");
  assert.equal(stateWords({ state: "skipped", sentence: "photo failed" }), "skipped: photo failed");
});

test("the live region is told what changed, and nothing else", () => {
  const before = { caption: { state: "running" }, speech: { state: "waiting" } };
  const after = { caption: { state: "done", seconds: 1.2 }, speech: { state: "waiting" } };
  assert.deepEqual(newsOf(before, after), ["caption: done in 1.2 s"]);
  assert.deepEqual(newsOf(after, after), []);
});

test("a task's name begins with its id and says what its card shows", () => {
  assert.equal(
    taskName(caption, { state: "done", seconds: 1.2 }),
    "caption: image-to-text; facts, toolbox; done in 1.2 s",
  );
  assert.equal(taskName(speech), "speech: text-to-speech; bound to no variable; facts, toolbox");
  assert.match(
    taskName({ ...poster, problems: ["It needs text."] }),
    /^poster: .*no expert.*needs attention: It needs text\.$/,
  );
});

// Trees --------------------------------------------------------------------------------------------------------

test("children that are not there are left out, and text stays text", () => {
  const tree = h("p", null, null, false, undefined, ["a", [1]], "<b>");
  assert.deepEqual(tree.children, ["a", "1", "<b>"]);
});

test("the panel has the names that are its contract", () => {
  const tree = panelView(state, local, act);
  assert.equal(tree.props["aria-label"], "Jarvis plan");
  for (const name of ["Run", "Run to here", "Cancel", "Save plan", "Add task", "Remove task", "Undo", "Redo"])
    assert.ok(find(tree, "button", name), name);
  const failed = panelView(
    { ...state, live: { ...live, buttons: { ...buttons, retry: true, finish: true } } },
    local,
    act,
  );
  assert.ok(find(failed, "button", "Retry") && find(failed, "button", "Finish"));
});

test("a clicked order cannot be clicked again before it is answered", () => {
  const tree = panelView(state, { ...local, sent: "run" }, act);
  assert.equal(find(tree, "button", "Run").props.disabled, true);
  assert.equal(find(tree, "button", "Cancel").props.disabled, false);
});

test("graph and table hold the same tasks, each a button whose name begins with its id", () => {
  for (const view of [graphView, tableView]) {
    const names = [...all(view(graph, {}, null, local, act))].filter((tree) => tree.props["data-task"]).map(nameOf);
    assert.deepEqual(
      names.map((name) => name.split(":")[0]),
      ["caption", "speech", "poster"],
    );
  }
});

test("the chosen task has a model, a variable and a control for each port", () => {
  const tree = taskView(detail, undefined, local, act);
  assert.equal(find(tree, "input", "Model").props.role, "combobox");
  assert.equal(find(tree, "input", "Variable").props.value, "caption");
  assert.equal(find(tree, "select", "image").props.value, "@photo");
  assert.equal(find(tree, "textarea", "options").props.value, "");
});

test("what is wrong stands at its field", () => {
  const port = { ...detail.ports[0], text: "@speech", problem: "It is audio." };
  const tree = taskView({ ...detail, ports: [port], modelProblem: "There is no such model." }, undefined, local, act);
  assert.equal(find(tree, "select", "image").props["aria-invalid"], "true");
  assert.equal(find(tree, "input", "Model").props["aria-invalid"], "true");
  assert.match(textOf(tree), /It is audio\./);
  assert.ok(find(tree, "option", "@speech"), "the unfitting argument is still shown");
});

test("nothing can be changed while it runs", () => {
  const tree = taskView(detail, { state: "running", seconds: 1 }, { ...local, editable: false }, act);
  for (const control of all(tree))
    if (["input", "select", "textarea"].includes(control.tag)) assert.equal(control.props.disabled, true);
});

test("only data URIs of their own kind become pictures and players", () => {
  const tree = (shown) => resultsView({ caption: shown }, graph, {}, act);
  assert.ok(
    [...all(tree({ form: "image", src: "data:image/png;base64,AA", note: "" }))].some((found) => found.tag === "img"),
  );
  for (const src of ["https://example.org/x.png", "javascript:alert(1)", "data:text/html,x"]) {
    assert.ok(![...all(tree({ form: "image", src, note: "" }))].some((found) => found.tag === "img"), src);
    assert.ok(![...all(tree({ form: "audio", src, note: "" }))].some((found) => found.tag === "audio"), src);
  }
});

test("markup in results, names and errors is text", () => {
  const evil = "<img src=x onerror=alert(1)>";
  const tree = panelView(
    {
      ...state,
      graph: { ...graph, request: evil },
      results: { caption: { form: "text", text: evil } },
      live: { ...live, banner: evil },
    },
    local,
    act,
  );
  const said = [...all(tree)].filter((found) => found.children.includes(evil));
  assert.equal(said.length, 3);
  assert.ok(![...all(tree)].some((found) => found.tag === "img"));
});

test("what is sent names task, host and content", () => {
  const tree = sendsView({
    controller: "Planned here.",
    told: [{ title: "system", text: "You plan." }],
    tasks: [{ id: "poster", to: "huggingface.co", what: "text: a cat", leaves: true }],
  });
  assert.match(textOf(tree), /Planned here\..*You plan\..*poster.*huggingface\.co.*text: a cat/);
});

// Choosing -----------------------------------------------------------------------------------------------------

test("typing filters the candidates; the chosen id filters nothing", () => {
  assert.deepEqual(
    filtered(detail.candidates, "blip", "toolbox/facts").map((c) => c.model),
    ["owner/blip"],
  );
  assert.equal(filtered(detail.candidates, "toolbox/facts", "toolbox/facts").length, 2);
  assert.equal(filtered(detail.candidates, null, "toolbox/facts").length, 2);
});

test("the palette finds by every word, and what can run comes first", () => {
  const palette = [
    {
      type: "object-detection",
      description: "Find the objects in a picture",
      takes: "image",
      gives: "boxes",
      icon: "boxes",
      runs: false,
    },
    {
      type: "image-to-text",
      description: "Describe a picture",
      takes: "image",
      gives: "text",
      icon: "text",
      runs: true,
    },
  ];
  assert.deepEqual(
    searched(palette, "picture").map((type) => type.type),
    ["image-to-text", "object-detection"],
  );
  assert.deepEqual(
    searched(palette, "picture find").map((type) => type.type),
    ["object-detection"],
  );
  assert.ok(
    find(
      paletteView(palette, { ...local, wanted: "" }, act),
      "button",
      "object-detection: Find the objects in a picture, no expert here",
    ),
  );
});

test("a reference goes where the caret is, with the spaces words need", () => {
  assert.equal(inserted("a poster of in blue", "@caption", 12, 12, "text"), "a poster of @caption in blue");
  assert.equal(inserted("of", "@caption", 2, 2, "text"), "of @caption");
  assert.equal(inserted("cat", "@labels", 3, 3, "list"), "cat, @labels");
  assert.equal(inserted("12", "@photo.width", 0, 0, "number"), "@photo.width");
});

test("arrow keys lead to the nearest task that way", () => {
  assert.equal(neighbour(graph.tasks, "caption", "ArrowDown"), "speech");
  assert.equal(neighbour(graph.tasks, "speech", "ArrowRight"), "poster");
  assert.equal(neighbour(graph.tasks, "poster", "ArrowLeft"), "speech");
  assert.equal(neighbour(graph.tasks, "caption", "ArrowUp"), null);
  assert.equal(neighbour(graph.tasks, "caption", "Enter"), null);
});

test("a graph is made to fit, but never too small to read", () => {
  assert.equal(fittingZoom(500, 900), 1);
  assert.ok(Math.abs(fittingZoom(1000, 902) - 0.9) < 1e-9);
  assert.equal(fittingZoom(9000, 900), 0.7);
});
