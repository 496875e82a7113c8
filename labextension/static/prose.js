// A cell of %%jarvis as prose: where its line, references and expressions stand, and the CodeMirror extension that
// shows them.
//
// What counts as a reference, `jarvis_magic/references.py` and `request_reading.py` say; a test compares this page with
// them. Only names in scripts without spaces may differ: which part of a word is a name, the kernel's variables say.

const WORD = String.raw`[\p{L}\p{N}_]`;
const FIRST = String.raw`[\p{L}\p{Nl}\p{No}_]`;
const TOUCHING =
  "[\\u0590-\\u06ff\\u0e00-\\u0fff\\u1000-\\u109f\\u1780-\\u17ff\\u3005-\\u3007\\u3040-\\u30ff\\u31f0-\\u31ff" +
  "\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\uff66-\\uff9f\\u{20000}-\\u{3ffff}]";
const OUTSIDE_WORDS = `(?<!(?!${TOUCHING})${WORD})`;

const CELL = /^\s*(?:%%(?!jarvis\b)\w.*\n\s*)*%%jarvis(?=\s|$)/;
const ARROW = /^(?<names>[^<'"-]*)<<(?=\s|$)/;
const OPTION = /(?<=\s)--?[A-Za-z][\w-]*/g;
const SOURCE = new RegExp(
  String.raw`(?<!@)${OUTSIDE_WORDS}@(?:"(?:[^"\\\n]|\\.)+"` +
    String.raw`|(?<url>https?:\/\/[^\s<>"'\x60，。、；：！？（）【】《》「」]+))`,
  "gu",
);
const AFTER_URL = /[.,;:!?)\]}]+$/;
const NAME = new RegExp(
  `@@|${OUTSIDE_WORDS}@(?:(?!${TOUCHING})${FIRST}(?:(?!${TOUCHING})${WORD})*|${FIRST}${WORD}*)`,
  "gu",
);
const PART = new RegExp(
  String.raw`\.(?!_)${FIRST}${WORD}*(?!${WORD}*\()|\[\s*(?:-?\p{Nd}{1,9}|(?:-?\p{Nd}{1,9})?\s*:\s*(?:-?\p{Nd}{1,9})?` +
    String.raw`|\*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')\s*\]`,
  "uy",
);

// Typing stays quick whatever a cell holds: so many characters are read at most.
const LONGEST_BEGINNING = 2_000;
const LONGEST_EXPRESSION = 2_000;
const LONGEST_CELL = 50_000;

/**
 * What stands where in a cell of %%jarvis, in order; nothing in any other cell.
 * @param {string} text
 * @returns {{from: number, to: number, kind: string}[]} each kind is the end of a class in LOOKS
 */
export function spansOf(text) {
  const cell = CELL.exec(text);
  if (!cell) return [];
  const end = cell[0].length;
  const body = text.indexOf("\n", end) < 0 ? text.length : text.indexOf("\n", end);
  const magic = { from: text.lastIndexOf("%%jarvis", end), to: end, kind: "magic" };
  return [magic, ...moved(lineSpans(text.slice(end, body)), end), ...moved(bodySpans(text.slice(body)), body)];
}

const moved = (spans, by) => spans.map(({ from, to, kind }) => ({ from: from + by, to: to + by, kind }));
const spansIn = (text, pattern, kind) =>
  [...text.matchAll(pattern)].map((found) => ({ from: found.index, to: found.index + found[0].length, kind }));

/** The names that outputs are bound to, the arrow behind them, and the options. */
function lineSpans(line) {
  const options = spansIn(line, OPTION, "option");
  const before = ARROW.exec(line)?.groups.names;
  if (before === undefined) return options;
  const names = before.trimEnd().replace(/=$/, "");
  const from = names.length < before.trimEnd().length ? names.length : before.length;
  return [...spansIn(names, /[^\s,]+/g, "name"), { from, to: before.length + 2, kind: "arrow" }, ...options];
}

/** The expressions of a body, and the references of the words around them. */
function bodySpans(body) {
  const expressions = [...expressionsIn(body)];
  let words = "";
  for (const { from, to } of expressions) words += body.slice(words.length, from) + "\n".repeat(to - from);
  words += body.slice(words.length);
  return [...expressions, ...referencesIn(words)].sort((one, other) => one.from - other.from);
}

function* expressionsIn(body) {
  for (let from = body.indexOf("{{"); from >= 0;) {
    const to = expressionEnd(body, from + 2);
    if (to < 0) return;
    yield { from, to, kind: "expression" };
    from = body.indexOf("{{", to);
  }
}

/** Behind the braces that close an expression: the first that stand in no string or bracket of it, else the first. */
function expressionEnd(body, start) {
  const tokens = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[([{]|\}\}|[)\]}]/g;
  tokens.lastIndex = start;
  let depth = 0;
  for (let token = tokens.exec(body); token && token.index < start + LONGEST_EXPRESSION; token = tokens.exec(body)) {
    if (token[0] === "}}" && !depth) return tokens.lastIndex;
    if (token[0] === "}}") tokens.lastIndex -= 1;
    if ("([{".includes(token[0])) depth += 1;
    else if (!"\"'".includes(token[0][0])) depth -= 1;
    if (depth < 0) break;
  }
  const first = body.indexOf("}}", start);
  return first < 0 ? -1 : first + 2;
}

function referencesIn(text) {
  const found = [];
  let position = 0;
  for (const source of text.matchAll(SOURCE)) {
    const written = source.groups.url ? source[0].replace(AFTER_URL, "") : source[0];
    found.push(...moved(namesIn(text.slice(position, source.index)), position));
    position = source.index + written.length;
    found.push({ from: source.index, to: position, kind: "reference" });
  }
  return [...found, ...moved(namesIn(text.slice(position)), position)];
}

function namesIn(text) {
  const found = [];
  NAME.lastIndex = 0;
  for (let match = NAME.exec(text); match; match = NAME.exec(text)) {
    let to = NAME.lastIndex;
    if (match[0] !== "@@") to = pathEnd(text, to);
    found.push({ from: match.index, to, kind: match[0] === "@@" ? "escape" : "reference" });
    NAME.lastIndex = to;
  }
  return found;
}

function pathEnd(text, position) {
  PART.lastIndex = position;
  while (PART.test(text)) position = PART.lastIndex;
  return position;
}

// The editor ----------------------------------------------------------------------------------------------------------

// A colour takes its hue from here and its lightness from the text of the editor, so that it is legible on every theme.
const inked = (hue) => `color-mix(in oklab, currentColor 35%, ${hue})`;
const washed = "color-mix(in srgb, currentColor 12%, transparent)";
const chip = { backgroundColor: washed, borderRadius: "3px", padding: "1px 0" };
const LOOKS = {
  ".jarvis-magic": { color: inked("#8a3ffc"), fontWeight: "600" },
  ".jarvis-name": { fontWeight: "600" },
  ".jarvis-arrow": { color: inked("#8a3ffc") },
  ".jarvis-option": { color: inked("#00857a") },
  ".jarvis-reference": { color: inked("#0f62fe"), ...chip },
  ".jarvis-expression": { color: inked("#c45500"), ...chip },
  ".jarvis-escape": { color: "color-mix(in oklab, currentColor 75%, transparent)" },
};

/**
 * What makes the extension of an editor that begins with a text: as long as its cell is one of %%jarvis, it is no Python
 * but prose, wrapped, with its spans marked; any other cell has nothing of ours.
 * @param {any} codemirror what @codemirror/language, /state and /view export
 */
export function prose({
  Compartment,
  Decoration,
  EditorState,
  EditorView,
  Prec,
  RangeSet,
  StateField,
  StreamLanguage,
}) {
  const words = StreamLanguage.define({
    name: "jarvis",
    token: (stream) => void stream.skipToEnd(),
    languageData: { closeBrackets: { brackets: ["(", "[", "{", '"'] } }, // an apostrophe is a letter here
  });
  const mark = ({ from, to, kind }) => Decoration.mark({ class: `jarvis-${kind}` }).range(from, to);
  const marked = (doc) => RangeSet.of(spansOf(doc.sliceString(0, LONGEST_CELL)).map(mark));
  const marks = StateField.define({
    create: (state) => marked(state.doc),
    update: (before, change) => (change.docChanged ? marked(change.newDoc) : before),
    provide: (field) => EditorView.decorations.from(field),
  });
  const none = [];
  const ours = [Prec.highest(words), marks, EditorView.lineWrapping, EditorView.baseTheme(LOOKS)];
  const ofText = (text) => (CELL.test(text.slice(0, LONGEST_BEGINNING)) ? ours : none);
  const ofDoc = (doc) => ofText(doc.sliceString(0, LONGEST_BEGINNING));
  const slot = new Compartment();
  const follow = EditorState.transactionExtender.of(({ docChanged, startState, newDoc }) => {
    const now = docChanged && ofDoc(newDoc);
    return docChanged && now !== ofDoc(startState.doc) ? { effects: slot.reconfigure(now) } : null;
  });
  return (text) => [slot.of(ofText(text)), follow];
}
