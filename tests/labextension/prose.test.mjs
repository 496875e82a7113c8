// Unit tests of how a cell is read. Run by test_prose.py, or `node --test tests/labextension`.

import assert from "node:assert/strict";
import { test } from "node:test";

import { spansOf } from "../../labextension/static/prose.js";

const read = (text) => spansOf(text).map(({ from, to, kind }) => [kind, text.slice(from, to)]);
const body = (text) => read(`%%jarvis\n${text}`).slice(1);
const references = (text) => body(text).map(([, written]) => written);

test("the line of a cell: the magic, the names, the arrow, the options", () => {
  assert.deepEqual(read("%%jarvis caption, speech = << -y --use image-to-text=a-b\nGo."), [
    ["magic", "%%jarvis"],
    ["name", "caption"],
    ["name", "speech"],
    ["arrow", "= <<"],
    ["option", "-y"],
    ["option", "--use"],
  ]);
  assert.deepEqual(read("%%jarvis"), [["magic", "%%jarvis"]]);
  assert.deepEqual(read("%%jarvis a<<"), [
    ["magic", "%%jarvis"],
    ["name", "a"],
    ["arrow", "<<"],
  ]);
  assert.deepEqual(read('%%jarvis --lock "a << b"'), [
    ["magic", "%%jarvis"],
    ["option", "--lock"],
  ]);
});

test("a cell is ours where IPython gives it to %%jarvis", () => {
  for (const text of ["%%jarvis\nGo.", "\n\n  %%jarvis\nGo.", "%%time\n%%capture out\n%%jarvis -y\nGo."]) {
    assert.ok(
      read(text).some(([kind]) => kind === "magic"),
      text,
    );
  }
  for (const text of [
    "print(1)\n%%jarvis",
    "%jarvis tasks",
    "%%jarvis2\nGo.",
    "%%jarvis?",
    "# %%jarvis",
    "",
    "@name",
  ]) {
    assert.deepEqual(read(text), [], text);
  }
});

test("references, with their paths and nothing behind them", () => {
  const text = 'See @photo, @photos[0].label. Then @df["a b"].x() and @notes[1:3], @all[*].text; @photo\'s frame.';
  const expected = ["@photo", "@photos[0].label", '@df["a b"]', "@notes[1:3]", "@all[*].text", "@photo"];
  assert.deepEqual(references(text), expected);
});

test("files and addresses, without the sentence around them", () => {
  const text = 'Play @"a file.wav", look at @https://x.org/a(1).png), and "@"b.txt"".';
  assert.deepEqual(references(text), ['@"a file.wav"', "@https://x.org/a(1).png", '@"b.txt"']);
});

test("what is no reference: addresses of people, doubled signs, numbers, decorators of nothing", () => {
  assert.deepEqual(references("Write to ann@example.org at 5 @ 3, or @1."), []);
  assert.deepEqual(body("@@home"), [["escape", "@@"]]);
});

test("expressions end where Python says, and nothing in them is a reference", () => {
  assert.deepEqual(body('{{ {"a": {"b": 1}}["a"] }} and {{"}}"}} and {{f(@x)}} @y'), [
    ["expression", '{{ {"a": {"b": 1}}["a"] }}'],
    ["expression", '{{"}}"}}'],
    ["expression", "{{f(@x)}}"],
    ["reference", "@y"],
  ]);
  assert.deepEqual(body("{single} {{open @x"), [["reference", "@x"]]);
  assert.deepEqual(body("{{it's}} @x"), [
    ["expression", "{{it's}}"],
    ["reference", "@x"],
  ]);
});

test("spans never overlap, and stand in order, while somebody types", () => {
  const text =
    '%%time\n%%jarvis a, b << --use x=y\nDescribe @photo[0].x with @"a\\"b.txt", {{ {"k": "}}"}["k"] }} @@, @https://a.b/c.';
  for (let end = 0; end <= text.length; end += 1) {
    const spans = spansOf(text.slice(0, end));
    spans.forEach(({ from, to }, i) => assert.ok(from < to && to <= end && from >= (spans[i - 1]?.to ?? 0)));
  }
});

test("no cell makes the page wait, whatever it holds", () => {
  const evil = [
    "{{[[[ }} ",
    '{{" ',
    "@a.",
    "@x[",
    "@x[ ",
    '@"',
    "@https://",
    "- ",
    "a,",
    "%%a\n",
    " ",
    "\n",
    "@@@",
    "{{'}}'",
  ];
  for (const part of evil) {
    const many = part.repeat(50_000 / part.length); // what takes quadratic time in such a regular expression does not end here
    for (const text of [`%%jarvis\n${many}`, `%%jarvis ${many}`, many]) assert.ok(Array.isArray(spansOf(text)));
  }
});

test("a long cell is read in no time that a typist notices", () => {
  const text = `%%jarvis\n${"Describe @photo[0] and {{x}} and @@ ".repeat(3000)}`;
  assert.equal(spansOf(text).length, 1 + 3 * 3000);
  assert.doesNotThrow(() => spansOf(`%%jarvis\n${"{{(".repeat(20000)}`));
});
