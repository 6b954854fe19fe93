// What axe-core finds on every kind of page: nothing, by the rules of WCAG 2.2 A and AA and by its own of good practice, in
// light and dark, on a narrow phone and a laptop, and with letters of twice the size. None is wider than the window.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { PAGES, enlarge, readers } from "./pages.mjs";
import { fitsWidth } from "./measure.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

describe("axe-core finds nothing", () => {
  let reading;
  before(async () => (reading = await readers()));
  after(() => reading?.close());

  for (const name of Object.keys(PAGES)) {
    test(name, () =>
      reading.visit(
        name,
        async (page, context) => {
          await insist(page, "1280 px, light");
          await page.emulateMedia({ colorScheme: "dark" });
          await insist(page, "1280 px, dark", { only: "color-contrast" });
          await page.setViewportSize({ width: 320, height: 640 });
          await insist(page, "320 px, dark");
          await page.emulateMedia({ colorScheme: "light" });
          await insist(page, "320 px, light", { only: "color-contrast" });
          await enlarge(page, context);
          await fitsWidth(page, "320 px, letters of twice the size");
          await page.setViewportSize({ width: 1280, height: 800 });
          await insist(page, "1280 px, letters of twice the size");
        },
        { scripts: [axe] },
      ),
    );
  }

  /** Insists that a page has no violation; the rules that do not see colours need not be asked in both schemes. */
  async function insist(page, where, { only } = {}) {
    const { violations, passes } = await page.evaluate(
      (runOnly) => window.axe.run(document, { runOnly, resultTypes: ["violations"] }),
      only ? { type: "rule", values: [only] } : { type: "tag", values: TAGS },
    );
    const found = violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target.join(" ")}\n${failureSummary}`));
    assert.deepEqual(found, [], where);
    assert.ok(only || passes.length > 10, "it has looked");
    await fitsWidth(page, where);
  }
});
