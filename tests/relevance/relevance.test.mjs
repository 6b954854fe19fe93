// The harness itself, on a tiny collection of our own: what it reports is what anybody can count by hand.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { build, gain, measure, misspell, read } from "./relevance.mjs";

test("gain is that of the ten best against the best there could be", () => {
  const judged = new Map([["a", 2], ["b", 1], ["c", 0]]);
  assert.equal(gain(["a", "b"], judged), 1);
  assert.equal(gain(["x", "y"], judged), 0);
  assert.equal(gain(["b", "a"], judged).toFixed(4), ((1 + 2 / Math.log2(3)) / (2 + 1 / Math.log2(3))).toFixed(4));
  assert.equal(gain(["a"], new Map([["a", 0]])), null);
});

test("a misspelt question differs in one word", () => {
  let next = 0;
  const random = (below) => next++ % below;
  for (let i = 0; i < 20; i++) assert.notEqual(misspell("how to write a letter", random), "how to write a letter");
  assert.equal(misspell("to be", random), "to be");
});

test("a collection becomes a site that answers its questions", async () => {
  const texts = read(join(import.meta.dirname, "tiny"));
  const { site, folder } = build(texts.corpus);
  try {
    const plain = await measure(texts, folder);
    assert.ok(plain > 0.9 && plain <= 1, `${plain}`);
    assert.ok((await measure(texts, folder, (text) => text.replace("agenda", "agnda").replace("salary", "salray"))) > 0.9);
    assert.equal(await measure(texts, folder, () => "zzzzzzzzz"), 0);
  } finally {
    rmSync(site, { recursive: true });
  }
});
