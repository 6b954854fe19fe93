// What a reader meets who searches: in the field of every page and on the search page, with a keyboard, on a phone, on
// paper and without JavaScript. At the root of a host and below a path, under the production policy, with the index that
// Guidepost makes. What goes wrong on the way is search-faults.test.mjs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { FIELD, OPTION, answers, count, fits, found, hasFocus, hrefs, isHittable, isLegible, reading as read, type } from "./reader.mjs";
import { KINDS, build, buildMany, open } from "./site.mjs";
import { serve } from "./server.mjs";

const HOSTILE = '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>';
/** The client with one stemmer and what scripts say in the site's language, as it is fetched. */
const MOST_SCRIPT = 17 * 1024;

for (const base of ["", "/sub/dir"]) {
  describe(`searching at ${base || "the root"}`, () => {
    let browser;
    let server;
    /** Sites whose index is one file, and many. */
    let small;
    let large;
    let folder;

    before(async () => {
      const address = `https://example.org${base}/`;
      server = await serve(build(address), base);
      small = await serve(buildMany(30, address), base);
      folder = buildMany(600, address);
      large = await serve(folder, base);
      browser = await open();
    });

    after(async () => {
      await browser?.close();
      for (const one of [server, small, large]) one?.close();
    });

    const reading = (path, act, { at = () => server, ...options } = {}) => read(browser, at(), path, act, options);
    const asked = (question) => `${KINDS.search}?q=${encodeURIComponent(question)}`;

    test("nothing of the search is fetched before somebody goes to the field", () =>
      reading(KINDS.article, async (page) => {
        await page.waitForLoadState("networkidle");
        const early = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
        assert.ok(early.some((name) => name.includes("search-ui.")), "the script is there");
        assert.ok(!early.some((name) => /search-(box|page|parts)|search\.|index\.bin/.test(name)), early.join("\n"));
        const isRoot = (request) => new URL(request.url()).pathname === `${base}/search/index.bin`;
        await Promise.all([page.waitForRequest(isRoot), page.locator(FIELD).focus()]);
      }));

    test("what is fetched of scripts is small, and asked for at once", () =>
      reading("/advice/article-1/", async (page) => {
        await page.waitForLoadState("networkidle");
        const before = large.log.length;
        await type(page, "salary");
        await page.locator(OPTION).first().waitFor();
        const paths = large.log.slice(before).map(({ path }) => path);
        const scripts = paths.filter((path) => path.endsWith(".js"));
        assert.ok(scripts.some((path) => path.includes("stem-en")) && scripts.some((path) => /search\.\w+\.js/.test(path)), scripts.join());
        const bytes = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path)), { level: 9 }).length, 0);
        assert.ok(bytes <= MOST_SCRIPT, `${bytes} bytes: ${scripts.join(" ")}`);
        assert.equal(paths.filter((path) => path === "/search/index.bin").length, 1, "the root is fetched once");
      }, { at: () => large }));

    test("arrows and Enter choose a result", () =>
      reading(KINDS.article, async (page) => {
        const field = page.locator(FIELD);
        await type(page, "rejection");
        await page.locator(".option-text:not(:empty)").first().waitFor();
        assert.equal(await field.getAttribute("role"), "combobox");
        assert.equal(await field.getAttribute("aria-expanded"), "true");
        const list = page.locator(`#${await field.getAttribute("aria-controls")}`);
        assert.equal(await list.getAttribute("role"), "listbox");
        assert.ok(await list.getAttribute("aria-label"));
        assert.equal(await field.getAttribute("aria-activedescendant"), null);
        const count = await list.locator(OPTION).count();
        assert.ok(count > 2);
        const active = async () => {
          const id = await field.getAttribute("aria-activedescendant");
          const selected = await list.locator('[aria-selected="true"]').evaluateAll((all) => all.map((one) => one.id));
          assert.deepEqual(selected, id ? [id] : [], "one option is selected: the active one");
          return id === null ? -1 : list.locator(OPTION).evaluateAll((all, id) => all.findIndex((one) => one.id === id), id);
        };
        await field.press("ArrowDown");
        assert.equal(await active(), 0);
        await field.press("ArrowDown");
        assert.equal(await active(), 1);
        await field.press("ArrowUp");
        await field.press("ArrowUp");
        assert.equal(await active(), -1, "above the first is the field");
        await field.press("ArrowUp");
        assert.equal(await active(), count - 1, "above the field is the last");
        const isInView = await list.locator('[aria-selected="true"]').evaluate((one) => {
          const [own, around] = [one.getBoundingClientRect(), one.parentElement.getBoundingClientRect()];
          return own.top >= around.top - 1 && own.bottom <= around.bottom + 1;
        });
        assert.ok(isInView, "the active option is in view");
        await field.press("Home");
        assert.equal(await active(), -1);
        assert.equal(await field.evaluate((input) => input.selectionStart), 0, "Home moves the cursor");
        await field.press("ArrowDown");
        await field.press("End");
        assert.equal(await field.evaluate((input) => input.selectionStart), "rejection".length);
        await field.press("ArrowDown");
        const href = await list.locator(OPTION).first().getAttribute("href");
        assert.ok(href.startsWith(`${base}/`), href);
        await field.press("Enter");
        await page.waitForURL((url) => url.pathname === href.split("#")[0]);
        assert.equal(await page.locator("h1").count(), 1);
      }));

    test("a result is a link with title, section, date and marked words", () =>
      reading(KINDS.article, async (page) => {
        await type(page, "thank you note");
        const option = page.locator(OPTION).first();
        await option.locator(".option-text:not(:empty)").waitFor();
        assert.equal(await option.evaluate((one) => one.tagName), "A");
        assert.match(await option.locator(".option-facts").innerText(), /\S+ · \w+ \d+, \d{4}/);
        assert.ok((await option.locator("mark").count()) > 0);
        await option.click();
        await page.waitForURL((url) => url.pathname.startsWith(`${base}/networking/`));
      }));

    test("Enter without a choice leads to the search page, and back works", () =>
      reading(KINDS.article, async (page) => {
        await type(page, "phone screen");
        await page.locator(FIELD).press("Enter");
        await page.waitForURL((url) => url.pathname === `${base}/search/` && url.searchParams.get("q") === "phone screen");
        await answers(page).locator(".card p").first().waitFor();
        assert.equal(await page.locator(FIELD).inputValue(), "phone screen");
        assert.match(await page.title(), /^“phone screen”/);
        const first = await answers(page).locator("h2 a").first().innerText();
        await page.locator(FIELD).fill("salary");
        await page.waitForURL((url) => url.searchParams.get("q") === "salary");
        await page.waitForFunction((first) => document.querySelector("#gp-answers h2 a")?.innerText !== first, first);
        await page.goBack();
        await page.waitForURL((url) => url.searchParams.get("q") === "phone screen");
        await page.waitForFunction((first) => document.querySelector("#gp-answers h2 a")?.innerText === first, first);
        assert.equal(await page.locator(FIELD).inputValue(), "phone screen");
        await page.goBack();
        assert.ok(page.url().includes(KINDS.article));
      }));

    test("Escape closes, then clears", () =>
      reading(KINDS.article, async (page) => {
        const field = page.locator(FIELD);
        await type(page, "salary");
        await field.press("Escape");
        assert.ok(await page.locator(".search-panel").isHidden());
        assert.equal(await field.getAttribute("aria-expanded"), "false");
        assert.equal(await field.inputValue(), "salary");
        await field.press("Escape");
        assert.equal(await field.inputValue(), "");
        await type(page, "salary");
        await field.press("Tab");
        await page.locator(".menu a").first().focus();
        assert.ok(await page.locator(".search-panel").isHidden(), "who goes elsewhere leaves it");
      }));

    test("/ and Ctrl-K lead to the field, but not while somebody types", () =>
      reading(KINDS.article, async (page) => {
        const hasFocus = () => page.locator(FIELD).evaluate((input) => input === document.activeElement);
        await page.keyboard.press("/");
        assert.ok(await hasFocus());
        assert.equal(await page.locator(FIELD).inputValue(), "", "the key is not typed");
        await page.keyboard.press("/");
        assert.equal(await page.locator(FIELD).inputValue(), "/", "in the field it is a letter");
        await page.locator("h1").click();
        assert.ok(!(await hasFocus()));
        await page.keyboard.press("Control+k");
        assert.ok(await hasFocus());
        await page.evaluate(() => document.querySelector("main").append(document.createElement("textarea")));
        await page.locator("textarea").focus();
        await page.keyboard.press("/");
        assert.equal(await page.locator("textarea").inputValue(), "/");
        assert.ok(!(await hasFocus()));
      }));

    test("whoever needs the key / for something else can have it", () =>
      reading(KINDS.search, async (page) => {
        const box = page.locator("#gp-slash");
        assert.ok(await box.isChecked());
        await box.uncheck();
        await page.goto(server.address + KINDS.article);
        await page.keyboard.press("/");
        assert.ok(!(await page.locator(FIELD).evaluate((input) => input === document.activeElement)));
        await page.keyboard.press("Control+k");
        assert.ok(await page.locator(FIELD).evaluate((input) => input === document.activeElement));
      }));

    test("how many results there are is said, once and politely", () =>
      reading(KINDS.article, async (page) => {
        await page.locator(FIELD).focus();
        const region = page.locator("form[role=search] [role=status]");
        await region.waitFor({ state: "attached" });
        await page.evaluate(() => {
          window.said = [];
          const region = document.querySelector("form[role=search] [role=status]");
          new MutationObserver(() => region.textContent && window.said.push(region.textContent)).observe(region, { childList: true });
        });
        await page.keyboard.type("salary", { delay: 30 });
        await page.waitForFunction(() => window.said.length > 0);
        const said = await page.evaluate(() => window.said);
        assert.equal(said.length, 1, said.join(" | "));
        assert.match(said[0], /^\d+ articles?\. Use the arrow keys/);
      }));

    test("a phrase finds only articles that have it", () =>
      reading(`${KINDS.search}?q=${encodeURIComponent('"thank you for your time"')}`, async (page) => {
        await answers(page).locator(".card p").first().waitFor();
        const links = await answers(page).locator("h2 a").evaluateAll((links) => links.map((link) => link.href));
        assert.equal(links.length, await count(page));
        for (const href of links) {
          const text = await (await page.request.get(href)).text();
          const words = text.replace(/<[^>]*>/g, " ").replace(/[^\p{L}\p{N}]+/gu, " ").toLowerCase();
          assert.ok(words.includes("thank you for your time"), href);
        }
      }));

    test("a click on the way to the same page's heading closes the list", () =>
      reading(KINDS.article, async (page) => {
        await type(page, `${await page.locator("h1").innerText()} ${await page.locator(".prose h2[id]").first().innerText()}`);
        const option = page.locator(`${OPTION}[href*="${base}${KINDS.article}#"]`).first();
        await option.click();
        await page.waitForURL((url) => url.hash !== "");
        await page.locator(".search-panel").waitFor({ state: "hidden" });
      }));

    test("what is typed quickly leaves no answer to what stood there before", () =>
      reading("/advice/article-1/", async (page) => {
        // What the first question alone needs comes after what the second does; where articles are is for both.
        await page.locator(FIELD).focus();
        await page.waitForLoadState("networkidle");
        const early = [];
        let release;
        const held = new Promise((resolve) => (release = resolve));
        large.hold = (path) => (path.includes("/i/d-") ? undefined : (early.push(path), held));
        const seen = await page.evaluateHandle(() => {
          const seen = [];
          new MutationObserver(() => seen.push(document.querySelector(".option-all, .search-note strong")?.textContent)).observe(document.querySelector("form"), { childList: true, subtree: true });
          return seen;
        });
        await page.locator(FIELD).fill("abandoned");
        while (early.length === 0) await page.waitForTimeout(20);
        await page.waitForTimeout(200);
        assert.equal(await seen.evaluate((seen) => seen.length), 0, "what is held gives no answer");
        large.hold = async () => {};
        await page.locator(FIELD).fill("salary");
        await page.locator(".option-all").waitFor();
        release();
        await page.waitForLoadState("networkidle");
        await page.waitForTimeout(300);
        const said = (await seen.jsonValue()).filter(Boolean);
        assert.ok(said.length > 0 && said.every((text) => text.includes("salary")), said.join(" | "));
      }, { at: () => large }));

    test("a word that is being composed is not disturbed", () =>
      reading(KINDS.article, async (page, context) => {
        const field = page.locator(FIELD);
        await field.focus();
        const client = await context.newCDPSession(page);
        await client.send("Input.imeSetComposition", { text: "sala", selectionStart: 4, selectionEnd: 4 });
        await page.locator(OPTION).first().waitFor();
        const ways = await field.evaluate((input) => {
          const key = (key, more) => input.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
          const composing = { isComposing: true, keyCode: 229 };
          return [key("ArrowDown", composing), key("Enter", composing), key("Escape", composing), key("Enter", { keyCode: 229 }), input.getAttribute("aria-activedescendant")];
        });
        assert.deepEqual(ways, [true, true, true, true, null], "such keys are left to the keyboard");
        assert.equal(await field.inputValue(), "sala");
        await client.send("Input.insertText", { text: "salary" });
        assert.equal(await field.inputValue(), "salary");
        await page.locator(".option-all", { hasText: "“salary”" }).waitFor();
        assert.ok(page.url().endsWith(KINDS.article));
      }));

    for (const question of ["interview", "interv", "interview ", "thank you note", "negotiate sallary", "tag:networking mail", '"phone screen"']) {
      test(`the list and the search page agree on ‘${question}’`, () =>
        reading(KINDS.article, async (page) => {
          await type(page, question);
          await page.locator(OPTION).first().waitFor();
          const offered = await hrefs(page.locator(".option-article"));
          const all = page.locator(".option-all");
          // For a phrase articles are read until there are enough: the list, which shows fewer, says no number then.
          const isRead = question.includes('"');
          const said = (await all.count()) ? /^All (?:(\d+) )?articles/.exec(await all.innerText())[1] : offered.length;
          assert.ok(said !== undefined || isRead, "the list says how many there are");
          if (await all.count()) await all.click();
          else await page.locator(FIELD).press("Enter");
          await found(page);
          const listed = await hrefs(answers(page).locator("h2 a"));
          assert.deepEqual(listed.slice(0, offered.length), offered);
          const total = await count(page);
          if (said !== undefined) assert.equal(total, Number(said));
          const isPartial = (await answers(page).locator(".count").first().innerText()).startsWith("At least");
          assert.ok(!isPartial || (isRead && said === undefined && total === 10), "all are counted");
          assert.equal(listed.length, Math.min(10, total));
        }));
    }

    test("a misspelt question finds what was meant, and says so", () =>
      reading(asked("prepare interveiw tag:interviews"), async (page) => {
        await found(page);
        assert.equal(await answers(page).locator(".search-corrected").innerText(), "Showing results for “prepare interview tag:interviews”. No article has “interveiw”.");
        // What nearly every article of this site has is not marked where another word says more.
        const marks = (place) => place.locator("mark").allInnerTexts();
        const rarer = await marks(answers(page));
        assert.ok(rarer.length > 0 && rarer.every((word) => /^prepar(e[ds]?|ing|ations?)$/i.test(word)), rarer.join(", "));
        assert.equal(await page.locator(FIELD).inputValue(), "prepare interveiw tag:interviews", "the field is the reader's");
        await page.goto(server.address + KINDS.article);
        await type(page, "interveiw");
        await page.locator(".search-panel .search-corrected").getByText("Showing results for “interview”.").waitFor();
        const meant = await marks(page.locator(".option-article").first());
        assert.ok(meant.length > 0 && meant.every((word) => /^interview(s|ed|ers?|ing)?$/i.test(word)), `“${meant.join(" ")}” has no form of “interview”`);
      }));

    test("tags narrow what is found, their numbers are true, and they can be taken back", () =>
      reading(asked("common"), async (page) => {
        await page.locator(FIELD).fill("salary");
        await found(page);
        await page.waitForURL((url) => url.searchParams.get("q") === "salary");
        const before = await count(page);
        const facets = answers(page).locator(".facets a");
        assert.ok((await facets.count()) > 1);
        for (const link of await facets.all().then((all) => Promise.all(all.map((one) => one.innerText())))) {
          const [, tag, expected] = /^(.*?)\s+(\d+)$/.exec(link);
          await answers(page).locator(".facets a", { hasText: new RegExp(`^${tag} `) }).click();
          await answers(page).locator(".kept a", { hasText: tag }).waitFor();
          await page.waitForFunction((wanted) => parseFloat(document.querySelector("#gp-answers .count").innerText) === wanted, Number(expected));
          assert.equal(await answers(page).locator("h2 a").count(), Math.min(10, Number(expected)));
          for (const href of (await hrefs(answers(page).locator("h2 a"))).slice(0, 3)) {
            const html = await (await page.request.get(new URL(href, page.url()).href)).text();
            assert.match(html, new RegExp(`data-pagefind-filter="tag">${tag}<`));
          }
          await answers(page).locator(".kept a").click();
          await page.waitForURL((url) => url.searchParams.get("q") === "salary");
          await page.waitForFunction((wanted) => parseFloat(document.querySelector("#gp-answers .count").innerText) === wanted, before);
        }
      }, { at: () => small }));

    test("a tag leaves a word that is not finished as it is", () =>
      reading(asked("sala"), async (page) => {
        await found(page);
        const facet = answers(page).locator(".facets a").first();
        const expected = Number(/\d+$/.exec(await facet.innerText())[0]);
        await facet.click();
        await page.waitForURL((url) => /^tag:.* sala$/.test(url.searchParams.get("q")));
        await answers(page).locator(".kept").waitFor();
        assert.equal(await count(page), expected);
      }, { at: () => small }));

    test("tags have no numbers where counting would mean reading every article, and narrow what is found", () =>
      reading(asked("salary"), async (page) => {
        await found(page);
        assert.equal(await count(page), 120, "every fifth article of 600");
        const facets = answers(page).locator(".facets a");
        const names = await facets.allInnerTexts();
        assert.ok(names.includes("way-1") && names.every((name) => /^(way-\d|subject \d)$/.test(name)), names.join());
        await facets.getByText("way-1", { exact: true }).click();
        await answers(page).locator(".kept a", { hasText: "way-1" }).waitFor();
        // Every fifth article has the word, every third the tag.
        await page.waitForFunction(() => document.querySelector("#gp-answers .count").innerText.startsWith("40 articles"));
        for (const href of (await hrefs(answers(page).locator("h2 a"))).slice(0, 3)) {
          const html = await (await page.request.get(new URL(href, page.url()).href)).text();
          assert.match(html, /data-pagefind-filter="tag">way-1</);
        }
      }, { at: () => large }));

    test("a phrase is counted where every article is here", () =>
      reading(asked('"a salary"'), async (page) => {
        await found(page);
        assert.match(await answers(page).locator(".count").first().innerText(), /^6 articles for/);
        assert.equal(await answers(page).locator("h2").count(), 6, "every fifth of 30");
      }, { at: () => small }));

    test("a phrase on a large site has at least what has been read, and more when it is asked for", () =>
      reading("/advice/article-1/", async (page) => {
        await type(page, '"a salary"');
        await page.locator(OPTION).first().waitFor();
        assert.equal(await page.locator(".option-all").innerText(), 'All articles for "a salary"');
        await page.locator(".option-all").click();
        await found(page);
        for (let shown = 10; shown <= 60; shown += 10) {
          await page.waitForFunction((shown) => document.querySelectorAll("#gp-answers h2").length === shown, shown);
          assert.match(await answers(page).locator(".count").first().innerText(), new RegExp(`^At least ${shown} articles for`));
          await page.getByRole("button", { name: "Show more" }).click();
        }
        // So many are read at most.
        await page.getByRole("button", { name: "Show more" }).waitFor({ state: "detached" });
        assert.equal(await answers(page).locator("h2").count(), 60);
      }, { at: () => large }));

    // On a small site excerpts come with the answers, on a large one when they are seen.
    for (const [kind, question, site] of [["small", "job", () => server], ["large", "salary", () => large]]) {
      test(`more articles of a ${kind} site come when they are asked for, and are there on the way back`, () =>
        reading(asked(question), async (page) => {
          const cards = answers(page).locator(".found > li");
          await cards.first().waitFor();
          const total = await count(page);
          assert.ok(total > 20, `${total} are not enough for this test`);
          assert.equal(await cards.count(), 10);
          const more = page.getByRole("button", { name: "Show more articles" });
          await more.click();
          await page.waitForFunction(() => document.querySelectorAll(".found > li").length > 10);
          const links = await answers(page).locator("h2 a").evaluateAll((links) => links.map((link) => link.href));
          assert.equal(new Set(links).size, links.length, "none comes twice");
          assert.equal(await page.evaluate(() => document.activeElement.href), links[10], "the first new one has the focus");
          await cards.nth(17).locator("h2 a").scrollIntoViewIfNeeded();
          await page.waitForLoadState("networkidle");
          const top = () => cards.nth(17).evaluate((card) => card.getBoundingClientRect().top);
          const texts = () => cards.evaluateAll((all) => all.slice(0, 18).map((card) => card.innerText));
          const [before, beforeTexts] = [await top(), await texts()];
          await cards.nth(17).locator("h2 a").click();
          await page.waitForURL((url) => url.pathname !== `${base}/search/`);
          await page.goBack();
          await cards.nth(19).waitFor();
          await page.waitForLoadState("networkidle");
          await page.waitForFunction((before) => Math.abs(document.querySelectorAll(".found > li")[17].getBoundingClientRect().top - before) < 5, before);
          assert.deepEqual(await texts(), beforeTexts);
          assert.deepEqual(await answers(page).locator("h2 a").evaluateAll((links) => links.map((link) => link.href)), links);
          for (let shown = 20; shown < total; shown += 10) {
            await more.click();
            await page.waitForFunction((shown) => document.querySelectorAll(".found > li").length > shown, shown);
          }
          assert.equal(await cards.count(), total);
          assert.ok(await more.isHidden(), "that is all");
        }, { at: site, reducedMotion: "reduce" }));
    }

    test("an excerpt comes when its article is seen, together with all above it, and leaves the focus alone", () =>
      reading(asked("salary"), async (page) => {
        await found(page);
        const marks = () => answers(page).locator(".card").evaluateAll((all) => all.map((card) => card.querySelector("p mark") !== null));
        await page.waitForLoadState("networkidle");
        assert.deepEqual((await marks()).slice(0, 4), [true, true, true, true], "what fills the window has them at once");
        assert.equal((await marks()).at(-1), false, "what is far below it has not");
        const last = answers(page).locator(".card h2 a").last();
        // At once, as the key End does: what is between is never in the window.
        await last.evaluate((link) => link.focus());
        await page.waitForFunction(() => [...document.querySelectorAll("#gp-answers .card")].every((card) => card.querySelector("p mark")));
        assert.ok(await hasFocus(last));
        const isInView = await last.evaluate((link) => link.getBoundingClientRect().bottom > 0 && link.getBoundingClientRect().top < innerHeight);
        assert.ok(isInView, "it is still in the window");
      }, { at: () => large, viewport: { width: 800, height: 400 } }));

    test("answers are headings in order, and what is found is in the reading order", () =>
      reading(asked("interview"), async (page) => {
        await found(page);
        const levels = await page.locator("main :is(h1, h2, h3)").evaluateAll((all) => all.filter((one) => one.getClientRects().length > 0).map((one) => one.tagName));
        assert.deepEqual(levels.slice(0, 2), ["H1", "H2"]);
        assert.ok(levels.slice(1).every((level) => level === "H2"));
        await page.locator(FIELD).focus();
        const stops = [];
        for (let i = 0; i < 12; i++) {
          await page.keyboard.press("Tab");
          stops.push(await page.evaluate(() => document.activeElement.closest(".facets, .found, .search-row, .search-keys, footer")?.className));
        }
        const order = stops.filter((stop, at) => stop !== stops[at - 1]);
        assert.deepEqual(order.slice(0, 3), ["search-row", "contents facets", "cards found"], stops.join(" | "));
      }));

    for (const [where, go] of [
      ["in the field", async (page) => type(page, HOSTILE)],
      ["in the address", async (page) => page.goto(`${server.address}${KINDS.search}?q=${encodeURIComponent(HOSTILE)}`)],
    ]) {
      test(`HTML ${where} is only text`, () =>
        reading(KINDS.article, async (page) => {
          await go(page);
          await page.locator(".search-note, .search-corrected, h2.card-title, [role=option]").first().waitFor();
          await page.waitForTimeout(700);
          assert.equal(await page.locator(FIELD).inputValue(), HOSTILE);
          assert.equal(await page.locator('img[src="x"]').count(), 0);
          assert.notEqual(await page.title(), "run");
          const scripts = await page.locator("script:not([src]):not([type='application/ld+json'])").count();
          assert.equal(scripts, 0);
        }));
    }

    test("nothing found leads on", () =>
      reading(`${KINDS.search}?q=xqzwvk`, async (page) => {
        await answers(page).getByText("Nothing is found for “xqzwvk”.").waitFor();
        const ways = await hrefs(answers(page).locator("a"));
        assert.ok(ways.includes(`${base}/tags/`) && ways.includes(`${base}/a-z/`), ways.join(" "));
        await page.goto(server.address + KINDS.article);
        await type(page, "xqzwvk");
        await page.locator(".search-panel").getByText("Nothing is found").waitFor();
        assert.equal(await page.locator(FIELD).getAttribute("aria-expanded"), "false");
      }));

    test("an address that does not exist is something to search for", () =>
      reading(
        "/no/such/thank-you_notes.html",
        async (page) => {
          assert.equal(await page.locator(FIELD).inputValue(), "thank you notes");
          await page.locator(FIELD).focus();
          await page.locator(".option-text:not(:empty)").first().waitFor();
        },
        { expected: /404/ },
      ));

    for (const width of [320, 1280]) {
      for (const colorScheme of ["light", "dark"]) {
        test(`what is found fits, can be read and hit at ${width} px, ${colorScheme}`, () =>
          reading(
            KINDS.article,
            async (page) => {
              for (const path of [KINDS.article, KINDS.home]) {
                await page.goto(server.address + path);
                await type(page, "how do I prepare for an interveiw");
                await page.locator(".option-text:not(:empty)").first().waitFor();
                await page.locator(FIELD).press("ArrowDown");
                await fits(page, ".search-panel");
                await isLegible(page, ".search-panel :is(a, span, mark, p):not(.visually-hidden)");
                await isHittable(page, ".search-panel a");
              }
              await page.goto(`${server.address}${KINDS.search}?q=interveiw+tag:interviews`);
              await answers(page).locator(".card p").first().waitFor();
              await fits(page, "#gp-answers");
              await isLegible(page, "#gp-answers :is(a, span, mark, p, li, time), .search-keys");
              await isHittable(page, "#gp-answers a:not(p a), .search-keys input");
            },
            { viewport: { width, height: 800 }, colorScheme },
          ));
      }
    }

    test("it reads from right to left", () =>
      reading(
        KINDS.article,
        async (page) => {
          await page.evaluate(() => (document.documentElement.dir = "rtl"));
          await type(page, "interview");
          await page.locator(".option-text:not(:empty)").first().waitFor();
          await fits(page, ".search-panel");
          const [title, option] = await page.locator(OPTION).first().evaluate((one) => {
            const range = document.createRange();
            range.selectNodeContents(one.querySelector(".option-title"));
            return [range.getBoundingClientRect().right, one.getBoundingClientRect().right];
          });
          assert.ok(option - title < 40, "titles begin at the right");
        },
        { viewport: { width: 700, height: 800 } },
      ));

    test("the choice shows in forced colours, and nothing moves for whoever wants that", () =>
      reading(
        KINDS.article,
        async (page) => {
          await type(page, "interview");
          await page.locator(".option-text:not(:empty)").first().waitFor();
          await page.locator(FIELD).press("ArrowDown");
          const outline = await page.locator('[aria-selected="true"]').evaluate((one) => getComputedStyle(one).outlineStyle);
          assert.equal(outline, "solid");
          const moving = await page.locator(".search-panel, .search-panel *").evaluateAll((all) =>
            all.filter((one) => !/^0s(, 0s)*$/.test(getComputedStyle(one).transitionDuration) || getComputedStyle(one).animationName !== "none").length,
          );
          assert.equal(moving, 0);
        },
        { forcedColors: "active", reducedMotion: "reduce" },
      ));

    test("without JavaScript the search page leads to every article", () =>
      reading(
        KINDS.article,
        async (page) => {
          await page.locator(FIELD).fill("salary");
          await page.locator(FIELD).press("Enter");
          await page.waitForURL((url) => url.pathname === `${base}/search/` && url.searchParams.get("q") === "salary");
          assert.ok(await page.getByText("Searching here needs JavaScript").isVisible());
          assert.ok(await page.locator(".search-keys").isHidden());
          assert.ok((await page.locator("main .letters a").count()) > 10);
          assert.ok((await page.locator(`main a[href="${base}/tags/salary/"]`).count()) === 1);
          await page.locator("main .letters a").first().click();
          await page.waitForURL((url) => url.pathname === `${base}/a-z/` && url.hash !== "");
        },
        { javaScriptEnabled: false },
      ));

    test("with JavaScript the search page says nothing of its absence, and shows the same ways", () =>
      reading(KINDS.search, async (page) => {
        assert.ok(await page.getByText("Searching here needs JavaScript").isHidden());
        assert.ok(await page.locator("main .letters").isVisible());
        await page.locator(FIELD).fill("salary");
        await answers(page).locator(".card p").first().waitFor();
        assert.ok(await page.locator("main .letters").isHidden());
        await page.locator(FIELD).fill("");
        await page.locator("main .letters").waitFor({ state: "visible" });
        await page.waitForURL((url) => !url.searchParams.has("q"));
      }));

    test("on paper there is no search", () =>
      reading(KINDS.article, async (page) => {
        await type(page, "salary");
        await page.locator(".option-text:not(:empty)").first().waitFor();
        await page.emulateMedia({ media: "print" });
        assert.ok(await page.locator("form[role=search]").isHidden());
        assert.ok(await page.locator(".search-panel").isHidden());
        await page.emulateMedia({ media: "screen" });
        await page.goto(`${server.address}${KINDS.search}?q=salary`);
        await answers(page).locator(".card p").first().waitFor();
        await page.emulateMedia({ media: "print" });
        assert.ok(await answers(page).locator("h2 a").first().isVisible(), "what was found can be printed");
        assert.ok(await page.locator(".search-keys").isHidden());
      }));
  });
}
