// The browser's module makes of every word the term that Guidepost itself makes of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { terms } from "../../themes/default/assets/search.js";

const stemmers = { xx: null };
for (const language of ["de", "en", "es", "fr", "it", "nl", "pt", "ru"]) {
  stemmers[language] = await import(`../../themes/default/assets/stem-${language}.js`);
}

test("words become the same terms as in Rust", () => {
  const lines = readFileSync(new URL("words.tsv", import.meta.url), "utf8").split("\n").slice(0, -1);
  const counts = {};
  const commonest = {};
  const wrong = lines.filter((line) => {
    const [language, text, expected] = line.split("\t");
    const written = JSON.parse(text);
    counts[language] = (counts[language] ?? 0) + 1;
    if (written.endsWith(" zzz")) commonest[language] = new Set(written.split(" ").slice(0, -1));
    return terms(written, stemmers[language]).map((found) => found.term).join(" ") !== expected;
  });
  assert.deepEqual(wrong, []);
  assert.ok(counts.en > 30_000);
  for (const [language, stemmer] of Object.entries(stemmers)) {
    if (stemmer) assert.ok(counts[language] > 3_000, language);
    if (stemmer) assert.deepEqual(stemmer.stops, commonest[language], language);
  }
});
