// The browser's module makes of every word the term that Guidepost itself makes of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import * as english from "../../themes/default/assets/stem-en.js";
import { terms } from "../../themes/default/assets/search.js";

test("words become the same terms as in Rust", () => {
  const lines = readFileSync(new URL("words.tsv", import.meta.url), "utf8").split("\n").slice(0, -1);
  const stemmers = { en: english, xx: null };
  const wrong = lines.filter((line) => {
    const [language, written, expected] = line.split("\t");
    return terms(JSON.parse(written), stemmers[language]).map((found) => found.term).join(" ") !== expected;
  });
  assert.ok(lines.length > 15_000);
  assert.deepEqual(wrong, []);
});
