// The graph of the plan: cards for tasks, pills for inputs and outputs, lines between them; scrolled, zoomed, wired.

import { icon } from "./icons.js";
import { h } from "./tree.js";
import { duration, taskName } from "./words.js";

export const SMALLEST_ZOOM = 0.4;
export const LARGEST_ZOOM = 1.6;
const TALLEST = 520; // pixels; a higher graph is scrolled

/**
 * @param {any} graph what is drawn: shapes with their places, routes
 * @param {any} local what only this page knows: the zoom, the task that has the focus, the wire that is being drawn
 * @param {any} act what the user's gestures do
 */
export function graphView(graph, live, selected, local, act) {
  const { width, height, tasks, inputs, outputs, routes } = graph;
  const zoom = local.zoom;
  const focused = tasks.some((task) => task.id === local.focused) ? local.focused : selected || tasks[0]?.id;
  const canvas = h(
    "div",
    { class: "jarvis-canvas", style: `width:${width}px;height:${height}px;transform:scale(${zoom})` },
    h(
      "svg",
      { class: "jarvis-routes", width, height, "aria-hidden": "true" },
      arrowhead(),
      routes.map(route),
      wire(local.wire),
    ),
    inputs.map((pill) => pillView("input", pill)),
    tasks.map((task) => cardView(task, live[task.id], task.id === selected, task.id === focused, local, act)),
    outputs.map((pill) => pillView("output", pill)),
  );
  return h(
    "div",
    { class: "jarvis-graph", key: "graph" },
    h(
      "div",
      {
        class: "jarvis-viewport",
        style: `min-height:${Math.min(height * zoom, TALLEST) + 2}px;max-height:${TALLEST + 2}px`,
        onPointerdown: act.beginPan,
        onWheel: (event) => act.wheel(event),
      },
      h("div", { class: "jarvis-sheet", style: `width:${width * zoom}px;height:${height * zoom}px` }, canvas),
    ),
  );
}

/** The buttons of the zoom, where there is something to zoom. */
export function zoomView(graph, local, act) {
  const { zoom } = local;
  if (zoom === 1 && graph.width <= local.width && graph.height <= TALLEST) return null;
  return h(
    "div",
    { class: "jarvis-zoom", key: "zoom", role: "group", "aria-label": "Zoom" },
    zoomButton("Zoom out", "−", zoom <= SMALLEST_ZOOM, () => act.zoom(zoom / 1.25)),
    zoomButton("Zoom to fit", "Fit", false, () => act.zoom(null)),
    zoomButton("Zoom in", "+", zoom >= LARGEST_ZOOM, () => act.zoom(zoom * 1.25)),
  );
}

/** The zoom at which a width fits the room there is, without becoming unreadable. */
export function fittingZoom(width, room) {
  return Math.max(0.7, Math.min(1, (room - 2) / Math.max(width, 1)));
}

function zoomButton(name, sign, disabled, onClick) {
  return h(
    "button",
    { type: "button", class: "jarvis-quiet", "aria-label": name, title: name, disabled, onClick },
    sign,
  );
}

function cardView(task, live, isSelected, hasFocus, local, act) {
  const state = live?.state || "waiting";
  const wrong = task.problems.length > 0;
  const { x, y, width, height } = task.shape;
  const classes = [
    "jarvis-task",
    `is-${state}`,
    wrong && "is-wrong",
    isSelected && "is-selected",
    task.expert === "none" && "is-without-expert",
  ];
  const button = h(
    "button",
    {
      type: "button",
      class: classes.filter(Boolean).join(" "),
      "data-task": task.id,
      "aria-label": taskName(task, live),
      "aria-pressed": String(isSelected),
      tabindex: hasFocus ? 0 : -1,
      title: task.purpose || null,
      onClick: () => act.select(task.id),
      onFocus: () => act.focus(task.id),
      onKeydown: (event) => act.arrow(event, task.id),
    },
    h(
      "span",
      { class: "jarvis-line" },
      icon(task.icon),
      h("span", { class: "jarvis-id" }, task.id),
      stateView(live, wrong),
    ),
    h("span", { class: "jarvis-line jarvis-type" }, task.type, boundView(task)),
    h(
      "span",
      { class: "jarvis-line jarvis-model" },
      h("span", { class: "jarvis-cut" }, modelWords(task)),
      task.where && h("span", { class: "jarvis-where" }, task.where),
    ),
    state === "running" && progressView(live),
  );
  return h(
    "div",
    { class: "jarvis-card", key: task.id, style: `left:${x}px;top:${y}px;width:${width}px;height:${height}px` },
    button,
    local.editable &&
      h("span", {
        class: "jarvis-knob",
        title: `Drag to a task that shall use @${task.id}`,
        onPointerdown: (event) => act.beginWire(event, task.id),
      }),
  );
}

/** @param {{model: string, expert: "known" | "open" | "none"}} task */
function modelWords(task) {
  if (task.expert === "none") return "no expert can do it here";
  return task.model || "…";
}

function boundView(task) {
  if (task.variable === null) return h("span", { class: "jarvis-bound" }, "not bound");
  return task.variable !== task.id && h("span", { class: "jarvis-bound" }, `→ ${task.variable}`);
}

function stateView(live, wrong) {
  if (wrong) return h("span", { class: "jarvis-state" }, icon("problem"));
  if (!live || live.state === "waiting") return null;
  const time = live.state === "done" || live.state === "running" ? duration(live.seconds) : live.state;
  return h("span", { class: "jarvis-state" }, time, icon(live.state));
}

function progressView(live) {
  const part = live.part === null || live.part === undefined ? null : Math.round(live.part * 100);
  const style = part === null ? null : `width:${part}%`;
  return h(
    "span",
    { class: `jarvis-progress${part === null ? " is-open" : ""}`, "aria-hidden": "true" },
    h("span", { style }),
  );
}

function pillView(role, pill) {
  const { x, y, width, height } = pill.shape;
  return h(
    "div",
    {
      class: `jarvis-pill is-${role}`,
      key: `${role} ${pill.name}`,
      title: `${role} ${pill.name}${pill.note ? `: ${pill.note}` : ""}`,
      style: `left:${x}px;top:${y}px;width:${width}px;height:${height}px`,
    },
    icon(pill.icon),
    h("span", { class: "jarvis-cut" }, role === "input" ? `@${pill.name}` : pill.name),
  );
}

function arrowhead() {
  const marker = {
    id: "jarvis-arrow",
    viewBox: "0 0 8 8",
    refX: 7,
    refY: 4,
    markerWidth: 7,
    markerHeight: 7,
    orient: "auto",
  };
  return h("defs", null, h("marker", marker, h("path", { d: "M1 1l6 3-6 3", class: "jarvis-arrowhead" })));
}

function route({ source, target, order, path }) {
  const classes = `jarvis-route${order ? " is-order" : ""}`;
  return h("path", { key: `${source} ${target}`, class: classes, d: path, "marker-end": "url(#jarvis-arrow)" });
}

function wire(drawn) {
  return (
    drawn &&
    h("path", { key: "wire", class: "jarvis-route is-wire", d: `M${drawn.x1} ${drawn.y1}L${drawn.x2} ${drawn.y2}` })
  );
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The task an arrow key leads to: the nearest in that direction, what lies straight ahead before what lies aside.
 * @param {{id: string, shape: {x: number, y: number, width: number, height: number}}[]} tasks
 * @param {string} from @param {string} key
 */
export function neighbour(tasks, from, key) {
  const way = ARROWS[key];
  const here = tasks.find((task) => task.id === from);
  if (!way || !here) return null;
  let best = null;
  let least = Infinity;
  for (const task of tasks) {
    const [dx, dy] = between(here.shape, task.shape);
    const ahead = dx * way[0] + dy * way[1];
    const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    if (task.id !== from && ahead > 1 && ahead + 2 * aside < least) [best, least] = [task.id, ahead + 2 * aside];
  }
  return best;
}

function between(a, b) {
  return [b.x + b.width / 2 - a.x - a.width / 2, b.y + b.height / 2 - a.y - a.height / 2];
}
