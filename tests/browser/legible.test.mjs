// What is shown can be read: its contrast, in both colour schemes, with links pointed at and focused; with the colours of
// the system (forced colours), the spacing that a reader needs (WCAG 2.2, 1.4.12), and everything twice as large (1.4.4).
// Nothing moves for those who asked for that.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { INSTRUMENTS, fitsWidth } from "./measure.mjs";
import { PAGES, readers } from "./pages.mjs";

/** The least contrast of any letters, of what is read for longer, and of edges of fields. */
const LEAST = 4.5;
const LEAST_OF_BODY = 7;
const LEAST_OF_EDGE = 3;
/** A laptop, the same with everything twice as large, and the narrowest phone. */
const WINDOWS = { laptop: { width: 1280, height: 800 }, "200 %": { width: 640, height: 400 }, phone: { width: 320, height: 640 } };

describe("every page can be read", () => {
  let reading;
  before(async () => (reading = await readers()));
  after(() => reading?.close());

  for (const name of Object.keys(PAGES)) {
    test(name, () =>
      reading.visit(
        name,
        async (page, context) => {
          const { isOverlaid } = PAGES[name];
          for (const colorScheme of ["light", "dark"]) {
            await page.emulateMedia({ colorScheme });
            await hasContrast(page, colorScheme);
            for (const states of [["hover"], ["focus", "focus-visible"], ["active"]]) {
              const release = await force(page, context, states);
              await hasContrast(page, `${colorScheme}, ${states[0]}`);
              await release();
            }
            await page.emulateMedia({ forcedColors: "active" });
            await hasContrast(page, `forced colours, ${colorScheme}`);
            assert.deepEqual(await page.evaluate(() => instruments.currentAlike()), [], "what is current looks like what is not");
            await page.emulateMedia({ forcedColors: "none" });
          }
          for (const [where, viewport] of Object.entries(WINDOWS)) {
            await page.setViewportSize(viewport);
            await isWhole(page, where, isOverlaid);
            await page.evaluate(() => {
              const sheet = new CSSStyleSheet();
              sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }");
              document.adoptedStyleSheets = [sheet];
            });
            await isWhole(page, `${where}, with more space`, isOverlaid);
            await page.evaluate(() => (document.adoptedStyleSheets = []));
          }
          assert.deepEqual(await page.evaluate(() => instruments.motions()), [], "it moves");
          assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
        },
        { scripts: [INSTRUMENTS], reducedMotion: "reduce" },
      ));
  }

  async function hasContrast(page, where) {
    const [letters, edges] = await page.evaluate(() => [instruments.contrasts(), instruments.edges()]);
    assert.ok(letters.length > 1, "there is something to read");
    const told = ({ ratio, name }) => `${name}: ${ratio.toFixed(2)}`;
    assert.deepEqual(letters.filter(({ ratio, isBody }) => ratio < (isBody ? LEAST_OF_BODY : LEAST)).map(told), [], `${where}: letters are too pale`);
    assert.deepEqual(edges.filter(({ ratio }) => ratio < LEAST_OF_EDGE).map(told), [], `${where}: edges are too pale`);
  }

  /** Insists that nothing is cut off, over something else, or beside the window. */
  async function isWhole(page, where, isOverlaid) {
    await fitsWidth(page, where);
    const [cut, over] = await page.evaluate(() => [instruments.cutOff(), instruments.overlaps()]);
    assert.deepEqual(cut, [], `${where}: it is cut off`);
    if (!isOverlaid) assert.deepEqual(over, [], `${where}: one lies over the other`);
  }

  /** Puts everything that can be pointed at into a state, and tells how to take it out again. */
  async function force(page, context, states) {
    const client = await context.newCDPSession(page);
    await client.send("DOM.enable");
    await client.send("CSS.enable");
    const { root } = await client.send("DOM.getDocument", { depth: 0 });
    const { nodeIds } = await client.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector: "a, button, input, summary, [role=option], label" });
    await Promise.all(nodeIds.map((nodeId) => client.send("CSS.forcePseudoState", { nodeId, forcedPseudoClasses: states })));
    return () => client.detach();
  }
});
