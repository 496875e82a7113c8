// Unit tests of what JupyterLab loads: the plugin that the container gives, made of the modules that the page shares.

import assert from "node:assert/strict";
import { test } from "node:test";

const ENTRY = new URL("../../labextension/static/remoteEntry.js", import.meta.url);
globalThis.window = globalThis;
globalThis.document = { currentScript: { src: ENTRY.href } };
await import(ENTRY.href);

/** What a page offers of a module: its versions, each with its contents and whether it is in use. */
const offered = (versions) =>
  Object.fromEntries(
    Object.entries(versions).map(([version, [contents, loaded]]) => [
      version,
      { loaded, get: async () => () => contents },
    ]),
  );

const field = { define: () => "field" };
const BASE = { define: () => [], of: (x) => x, highest: (x) => x, theme: () => "theme" };
const language = { StreamLanguage: BASE };
const state = {
  Compartment: class {
    of = (inner) => ["slot", inner];
  },
  EditorState: { transactionExtender: { of: () => "follow" } },
  Prec: BASE,
  RangeSet: BASE,
  StateField: field,
};
const view = { Decoration: {}, EditorView: { lineWrapping: "wrapped", baseTheme: () => "theme" } };
const lab = (name) => ({
  IEditorExtensionRegistry: name,
  EditorExtensionRegistry: { createImmutableExtension: (extension) => extension },
});
const page = (labs) => ({
  "@codemirror/language": offered({ "6.12.0": [language, true] }),
  "@codemirror/state": offered({ "6.5.0": [state, true] }),
  "@codemirror/view": offered({ "6.39.0": [view, true] }),
  "@jupyterlab/codemirror": labs,
});

async function plugin(shared) {
  window._JUPYTERLAB.jarvis_magic.init(shared);
  const factory = await window._JUPYTERLAB.jarvis_magic.get("./extension");
  assert.equal(factory().__esModule, true); // otherwise JupyterLab takes the whole module for the plugin
  return factory().default;
}

test("the plugin takes the module that is in use, else the newest", async () => {
  const inUse = offered({ "4.6.6": [lab("used"), true], "4.10.0": [lab("newer"), false] });
  const none = offered({ "4.6.6": [lab("older"), false], "4.10.0": [lab("newest"), false] });

  assert.deepEqual((await plugin(page(inUse))).requires, ["used"]);
  assert.deepEqual((await plugin(page(none))).requires, ["newest"]);
});

test("only cells of code get the extension, and of those only ours begin as prose", async () => {
  const made = await plugin(page(offered({ "4.6.6": [lab("registry"), true] })));
  const added = [];
  made.activate({}, { addExtension: (extension) => added.push(extension) });
  const [{ factory }] = added;
  const cell = (type, text) => ({ model: { type, sharedModel: { getSource: () => text } } });

  assert.deepEqual(factory(cell("code", "print(1)")), [["slot", []], "follow"]);
  assert.notDeepEqual(factory(cell("code", "%%jarvis\nDescribe @photo.")), [["slot", []], "follow"]);
  assert.equal(factory(cell("markdown", "%%jarvis")), null);
  assert.equal(factory({ model: { sharedModel: { getSource: () => "%%jarvis" } } }), null); // a file in an editor
});

test("a page that shares no CodeMirror is told so in a sentence", async () => {
  await assert.rejects(plugin({}), /does not share @codemirror\/language, so cells of %%jarvis stay as they are/);
});
