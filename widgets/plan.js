// The plan widget's front end: joins the panel's tree, what Python says, and what the user does.
//
// Python holds the truth. It writes the traits; this page only draws them, and answers with custom messages (never with
// a trait of its own: ipykernel 7.4 loses the second one while a cell waits).

import { SMALLEST_ZOOM, LARGEST_ZOOM, fittingZoom, neighbour } from "./graph.js";
import { panelView } from "./panel.js";
import { draw } from "./tree.js";
import { newsOf } from "./words.js";

const TRAITS = ["graph", "live", "detail", "palette", "results", "sends"];
const PAUSE_IN_TYPING = 250; // milliseconds
const SPOKEN = 6; // sentences that the live region keeps
const FRAME = 32; // pixels the panel's frame takes of its width, as in plan.css
const ASIDE = 316; // and what stands beside the graph
const NARROW = 640; // below which it stands below the graph
const CLOCK = 200; // milliseconds between two looks at the time while a task runs

/** Answers Python's question whether a page is there, also while the widget is off-screen. */
function initialize({ model }) {
  model.on("msg:custom", (message) => {
    if (message.kind === "ping") model.send({ kind: "pong", number: message.number });
  });
}

function render({ model, el, signal }) {
  const panel = new Panel(model, el);
  return () => panel.close();
}

export default { initialize, render };

/** One view of the widget: what only this page knows, and what the gestures do. */
export class Panel {
  constructor(model, host) {
    this.model = model;
    this.host = host;
    this.received = Date.now();
    this.said = {};
    this.spoken = 0;
    this.local = {
      view: null,
      zoom: null,
      width: 900,
      focused: null,
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
      editable: false,
    };
    this.act = this.actions();
    this.changed = () => this.stateChanged();
    for (const name of TRAITS) model.on(`change:${name}`, this.changed);
    this.observer = new ResizeObserver(([entry]) => this.resized(entry.contentRect.width));
    this.observer.observe(host);
    this.clock = setInterval(() => this.tick(), CLOCK);
    this.stateChanged();
  }

  close() {
    for (const name of TRAITS) this.model.off(`change:${name}`, this.changed);
    this.observer.disconnect();
    clearInterval(this.clock);
    clearTimeout(this.pause);
    clearTimeout(this.measure);
  }

  // What is drawn ----------------------------------------------------------------------------------------------

  state() {
    return Object.fromEntries(TRAITS.map((name) => [name, this.model.get(name)]));
  }

  stateChanged() {
    const live = this.model.get("live");
    const news = newsOf(this.said, live.tasks);
    this.said = live.tasks;
    this.received = Date.now();
    const banner = live.banner !== this.banner ? [live.banner] : [];
    this.banner = live.banner;
    this.local.news = [
      ...this.local.news,
      ...[...news, ...banner].map((sentence) => ({ sentence, number: (this.spoken += 1) })),
    ].slice(-SPOKEN);
    this.local.sent = null;
    this.local.editable = live.buttons.edit;
    if (!live.buttons.edit) this.local.palette = false;
    this.schedule();
  }

  /** Draw once for all that changes together. */
  schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.show();
    });
  }

  show() {
    const state = this.state();
    const local = { ...this.local, view: this.view(), zoom: this.zoomNow(state) };
    draw(this.host, [panelView({ ...state, live: this.withTime(state.live) }, local, this.act)]);
    if (this.focusTask) this.focusOn(this.focusTask);
  }

  view() {
    return this.local.view || (this.local.width < 480 ? "table" : "graph");
  }

  /** The live state with the seconds that have gone by here since Python said it. */
  withTime(live) {
    const since = (Date.now() - this.received) / 1000;
    const later = (task) => (task.state === "running" ? { ...task, seconds: task.seconds + since } : task);
    return { ...live, tasks: Object.fromEntries(Object.entries(live.tasks).map(([id, task]) => [id, later(task)])) };
  }

  tick() {
    if (Object.values(this.model.get("live").tasks).some((task) => task.state === "running")) this.show();
  }

  resized(width) {
    if (!width || width === this.local.width) return;
    this.local.width = width;
    clearTimeout(this.measure);
    const tell = () => this.model.send({ kind: "width", width: width - FRAME });
    if (this.measure) this.measure = setTimeout(tell, PAUSE_IN_TYPING);
    else {
      this.measure = -1;
      tell(); // the first time at once: the graph is laid out for this page before it is looked at
    }
    this.schedule();
  }

  /** The zoom the user chose, or that at which the graph fits beside what stands there. */
  zoomNow(state) {
    const beside = (this.local.palette || state.detail.id) && this.local.width >= NARROW ? ASIDE : 0;
    return this.local.zoom || fittingZoom(state.graph.width, this.local.width - FRAME - beside);
  }

  focusOn(id) {
    const button = this.host.querySelector(`[data-task="${CSS.escape(id)}"]`);
    if (!button) return;
    this.focusTask = null;
    button.focus();
    button.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // What the user does -----------------------------------------------------------------------------------------

  actions() {
    const send = (message) => this.model.send(message);
    const local = (change) => {
      Object.assign(this.local, change);
      this.schedule();
    };
    return {
      send,
      local,
      edit: (change) => {
        clearTimeout(this.pause);
        send({ kind: "edit", ...change });
      },
      order: (message) => {
        local({ sent: message.kind });
        send(message);
      },
      select: (task) => {
        local({ palette: false, open: null, words: null, active: -1, all: false });
        if (task === null) this.focusTask = this.model.get("detail").id;
        send({ kind: "select", task });
      },
      add: (type) => {
        local({ palette: false });
        send({ kind: "edit", op: "add", type, near: this.model.get("detail").id || null });
      },
      drawer: (name) => {
        const open = this.local.drawer === name ? null : name;
        local({ drawer: open });
        if (open) send({ kind: "open", drawer: open });
      },
      typing: (then) => {
        clearTimeout(this.pause);
        this.pause = setTimeout(then, PAUSE_IN_TYPING);
      },
      later: (then) => setTimeout(then, 120),
      focus: (task) => (this.local.focused = task),
      key: (event) => this.key(event),
      arrow: (event, task) => this.arrow(event, task),
      zoom: (zoom) => this.zoom(zoom),
      wheel: (event) => this.wheel(event),
      embed: (host, id) => this.embed(host, id),
      beginPan: (event) => this.beginPan(event),
      beginWire: (event, task) => this.beginWire(event, task),
    };
  }

  /** Keys of the panel stay in it: JupyterLab's notebook would take Enter and arrows for itself. */
  key(event) {
    event.stopPropagation();
    const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !isField(event.target);
    if (undo) this.act.send({ kind: event.shiftKey ? "redo" : "undo" });
    else if (event.key === "Escape" && this.model.get("detail").id) this.act.select(null);
    else return;
    event.preventDefault();
  }

  arrow(event, task) {
    const tasks = this.model.get("graph").tasks;
    const next = neighbour(tasks, task, event.key);
    if (next) {
      this.local.focused = this.focusTask = next;
      this.schedule();
    } else if (event.key === "Delete" && this.local.editable) {
      this.act.edit({ op: "remove", task });
    }
    if (next || event.key.startsWith("Arrow")) event.preventDefault();
  }

  zoom(zoom) {
    this.act.local({ zoom: zoom && Math.max(SMALLEST_ZOOM, Math.min(LARGEST_ZOOM, zoom)) });
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoom(this.zoomNow(this.state()) * Math.exp(-event.deltaY / 400));
  }

  beginPan(event) {
    if (event.button !== 0 || event.target.closest("button, .jarvis-knob")) return;
    const viewport = event.currentTarget ?? event.target.closest(".jarvis-viewport");
    const from = [event.clientX + viewport.scrollLeft, event.clientY + viewport.scrollTop];
    this.drag(event, (move) => {
      viewport.scrollLeft = from[0] - move.clientX;
      viewport.scrollTop = from[1] - move.clientY;
    });
  }

  /** Draw a wire from a task's knob; where it is let go over another task, that one uses the result. */
  beginWire(event, source) {
    event.preventDefault();
    event.stopPropagation();
    const canvas = this.host.querySelector(".jarvis-canvas").getBoundingClientRect();
    const zoom = this.zoomNow(this.state());
    const at = (e) => [(e.clientX - canvas.left) / zoom, (e.clientY - canvas.top) / zoom];
    const [x1, y1] = at(event);
    this.drag(
      event,
      (move) => {
        const [x2, y2] = at(move);
        this.act.local({ wire: { x1, y1, x2, y2 } });
      },
      (up) => {
        this.act.local({ wire: null });
        const root = this.host.getRootNode();
        const target = root
          .elementFromPoint(up.clientX, up.clientY)
          ?.closest(".jarvis-card")
          ?.querySelector("[data-task]")?.dataset.task;
        if (target && target !== source) this.act.edit({ op: "connect", source, task: target });
      },
    );
  }

  /** Put another widget of this kernel into an element; where its front end is not installed, say so. */
  async embed(host, id) {
    try {
      const manager = this.model.widget_manager;
      const view = await manager.create_view(await manager.get_model(id));
      host.append(view.el);
      view.processLuminoMessage?.({ type: "after-attach" });
    } catch (error) {
      host.textContent = `This player cannot be shown here (${error.message}); the plain one above can.`;
    }
  }

  drag(event, onMove, onUp = () => {}) {
    const window = this.host.ownerDocument.defaultView;
    const end = (up) => {
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", end);
      onUp(up);
    };
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", end);
  }
}

function isField(element) {
  return element.matches("input, textarea, select");
}
