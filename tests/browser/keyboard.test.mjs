// Whoever has a keyboard alone gets everywhere, sees where they are, and comes back. And whoever points can hit what they mean.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { INSTRUMENTS } from "./measure.mjs";
import { PAGES, readers } from "./pages.mjs";
import { FIELD, OPTION, answers, found, hasFocus } from "./reader.mjs";

/** A laptop, and the same with everything four times as large (WCAG 2.2, 1.4.10): narrow, and low. */
const WINDOWS = { laptop: { width: 1280, height: 800 }, "laptop at 400 %": { width: 320, height: 256 } };
/** More stops than any page has. */
const MOST_STOPS = 500;

describe("the keyboard", () => {
  let reading;
  before(async () => (reading = await readers()));
  after(() => reading?.close());

  for (const [device, viewport] of Object.entries(WINDOWS)) {
    for (const name of Object.keys(PAGES).filter((name) => !PAGES[name].isOverlaid)) {
      test(`walks over ${name}, ${device}`, () =>
        reading.visit(
          name,
          async (page) => {
            // What opens below words that stand in the field is no part of the page.
            await page.evaluate(() => document.querySelectorAll(".kind-not-found input[name=q]").forEach((field) => (field.value = "")));
            const { small, count } = await page.evaluate(() => instruments.smallTargets());
            assert.ok(count > 0);
            assert.deepEqual(small.filter(({ isAlone }) => !isAlone).map(({ name }) => name), [], "too small to hit");
            const { stops, faults } = await walk(page, "Tab");
            assert.deepEqual(faults, []);
            const missed = await page.evaluate(() => {
              const all = document.querySelectorAll("a[href], button, input, summary, [tabindex='0']");
              return [...all].filter((one) => instruments.isShown(one) && one.tabIndex >= 0 && !window.walked.includes(one)).map(instruments.called);
            });
            assert.deepEqual(missed, [], "the keyboard does not get there");
            const back = await walk(page, "Shift+Tab");
            assert.deepEqual(back.faults, []);
            assert.deepEqual(back.stops, stops.toReversed(), "the way back is the way there");
          },
          { viewport, scripts: [INSTRUMENTS], reducedMotion: "reduce" },
        ));
    }
  }

  const on = (name, act, options) => reading.visit(name, act, { scripts: [INSTRUMENTS], reducedMotion: "reduce", ...options });

  test("from the top: skip link, name of the site, search, menu", () =>
    on("article", async (page) => {
      const stops = [];
      for (const pattern of [/^a\.skip/, /^a\.brand/, /^input/, /^button/, /^a “/]) {
        await page.keyboard.press("Tab");
        stops.push(await page.evaluate(() => instruments.called(document.activeElement)));
        assert.match(stops.at(-1), pattern);
      }
      assert.ok(await page.evaluate(() => document.activeElement.closest("nav.menu") !== null), stops.join("\n"));
    }));

  for (const name of ["home", "article", "agenda", "tag", "a-z", "search", "not-found"]) {
    test(`the skip link of ${name} leads to the text`, () =>
      on(name, async (page) => {
        await page.keyboard.press("Tab");
        const skip = page.locator(":focus");
        assert.equal(await skip.getAttribute("href"), "#gp-main");
        const { y, height } = await skip.boundingBox();
        assert.ok(y >= 0 && height >= 24, "it shows when it has the focus");
        await page.keyboard.press("Enter");
        await page.keyboard.press("Tab");
        assert.ok(await page.evaluate(() => document.activeElement.closest("main") !== null), "the next stop is in the text");
      }));
  }

  test("the key / leads to the search, arrows and Enter to an article, and the way back to where one was", async () => {
    await back("article", async (page) => {
      await page.keyboard.press("End");
      await page.keyboard.press("/");
      assert.ok(await hasFocus(page.locator(FIELD)));
      await page.keyboard.type("thank you note");
      await page.locator(OPTION).first().waitFor();
      await page.keyboard.press("ArrowDown");
      assert.deepEqual(await page.evaluate(() => instruments.focusFaults()), []);
      const chosen = page.locator('[aria-selected="true"]');
      const looks = (option) => option.evaluate((one) => JSON.stringify([getComputedStyle(one).boxShadow, getComputedStyle(one).backgroundColor, getComputedStyle(one).outline]));
      assert.notEqual(await looks(chosen), await looks(page.locator('[aria-selected="false"]').first()), "one sees which is chosen");
      const href = await chosen.getAttribute("href");
      await page.keyboard.press("Enter");
      return href;
    });
  });

  test("Tab leads to the search, Enter to its page, Tab to an answer, and the way back to the answers", async () => {
    await on("home", async (page) => {
      for (let stops = 0; !(await hasFocus(page.locator(FIELD))); stops++) {
        assert.ok(stops < 15, "the field is among the first");
        await page.keyboard.press("Tab");
      }
      await page.keyboard.type("phone screen");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/search\/\?q=/);
      await found(page);
      const first = answers(page).locator(".card h2 a").first();
      const title = await first.innerText();
      for (let stops = 0; !(await hasFocus(first)); stops++) {
        assert.ok(stops < MOST_STOPS);
        await page.keyboard.press("Tab");
      }
      await page.keyboard.press("Enter");
      await page.locator("article h1").waitFor();
      assert.equal(await page.locator("h1").innerText(), title);
      await page.goBack();
      await page.waitForURL(/\/search\/\?q=/);
      await found(page);
      assert.equal(await page.locator(FIELD).inputValue(), "phone screen");
      assert.equal(await first.innerText(), title);
      await page.goBack();
      await page.waitForURL((url) => url.pathname === "/");
    });
  });

  /** Goes somewhere from a page, and comes back to it as it was. */
  async function back(name, act) {
    await on(name, async (page) => {
      const before = page.url();
      const href = await act(page);
      await page.waitForURL((url) => url.pathname === href.split("#")[0]);
      assert.equal(await page.locator("h1").count(), 1);
      await page.goBack();
      await page.waitForURL(before);
      assert.equal(await page.locator(".search-panel:visible").count(), 0, "nothing lies over the page");
      assert.ok(await page.locator("h1").isVisible());
    });
  }

  /** Goes from one end of a page to the other. */
  async function walk(page, key) {
    await page.evaluate(() => (window.walked = []));
    const stops = [];
    const faults = [];
    while (stops.length < MOST_STOPS) {
      await page.keyboard.press(key);
      const stop = await page.evaluate(() => {
        const { activeElement: at } = document;
        if (at === document.body || window.walked.includes(at)) return null;
        window.walked.push(at);
        return { name: instruments.called(at), faults: instruments.focusFaults() };
      });
      if (!stop) return { stops, faults };
      stops.push(stop.name);
      faults.push(...stop.faults);
    }
    assert.fail("the walk has no end");
  }
});
