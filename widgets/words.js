// How the panel says things: times, states, sentences for those who listen, names of task buttons.

/** Seconds as people read them: "0.4 s", "12 s", "3 min 05 s". @param {number} seconds */
export function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** A count as people read it: 950, "12 k", "3.4 M". @param {number | null} count */
export function amount(count) {
  if (count === null || count === undefined) return "";
  if (count < 1000) return String(count);
  const [size, letter] = count < 1e6 ? [count / 1e3, "k"] : [count / 1e6, "M"];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${letter}`;
}

/** A size in bytes as people read it. @param {number | null} bytes */
export function size(bytes) {
  if (!bytes) return "";
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : bytes < 1e9 ? [bytes / 1e6, "MB"] : [bytes / 1e9, "GB"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** How a task's state reads: "running, 12 of 40", "done in 1.2 s", "failed", "skipped because photo failed". */
export function stateWords(live) {
  if (!live) return "";
  if (live.state === "done") return live.reused ? "done, result reused" : `done in ${duration(live.seconds)}`;
  if (live.state === "running") return live.phrase ? `running, ${live.phrase}` : "running";
  if (live.state === "failed") return `failed${live.sentence ? `: ${live.sentence}` : ""}`;
  if (live.state === "skipped") return `skipped: ${live.sentence}`;
  return live.state;
}

/** The name of a task's button: it begins with the id and says what a look at the card says. */
export function taskName(task, live) {
  const problem = task.problems.length ? `needs attention: ${task.problems[0]}` : "";
  const variable =
    task.variable === null ? "bound to no variable" : task.variable === task.id ? "" : `bound to ${task.variable}`;
  const model = task.expert === "none" ? "no expert" : [task.model, task.where].filter(Boolean).join(", ");
  return [`${task.id}: ${task.type}`, variable, model, stateWords(live), problem].filter(Boolean).join("; ");
}

/**
 * What changed between two states of the tasks, as sentences.
 * @param {Record<string, any>} before
 * @param {Record<string, any>} after
 */
export function newsOf(before, after) {
  return Object.entries(after)
    .filter(([id, live]) => live.state !== "waiting" && live.state !== before[id]?.state)
    .map(([id, live]) => `${id}: ${stateWords(live)}`);
}
