// What a reader meets who searches: in the field of every page and on the search page, with a keyboard, on a phone, with
// a bad connection and without JavaScript. At the root of a host and below a path, under the production policy.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { KINDS, build, buildLarge, open } from "./site.mjs";
import { serve } from "./server.mjs";

const HOSTILE = '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>';
const FIELD = "input[name=q]";
const OPTION = "[role=option]";

for (const base of ["", "/sub/dir"]) {
  describe(`searching at ${base || "the root"}`, () => {
    let browser;
    let server;
    /** A site whose index is many files. */
    let large;

    before(async () => {
      large = await serve(buildLarge(`https://example.org${base}/`), base);
      server = await serve(build(`https://example.org${base}/`), base);
      browser = await open();
    });

    after(async () => {
      await browser?.close();
      server?.close();
      large?.close();
    });

    /** Opens a page, does something there, and insists that the browser has nothing to complain of but `expected`. */
    async function reading(path, act, { expected = /^$/, at = () => server, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      const page = await context.newPage();
      const complaints = [];
      page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      try {
        await page.goto(at().address + path);
        await act(page, context);
        assert.deepEqual(complaints.filter((complaint) => !expected.test(complaint)), [], "the browser complains");
      } finally {
        await context.close();
      }
    }

    /** Types into the field of a page and waits for what opens below it. */
    async function type(page, text) {
      await page.locator(FIELD).fill(text);
      await page.locator(".search-panel").waitFor({ state: "visible" });
    }

    const answers = (page) => page.locator("#gp-answers");
    const isIndex = (url) => url.pathname.startsWith(`${base}/search/`) && url.pathname !== `${base}/search/`;
    const isBeyondTheRoot = (url) => isIndex(url) && url.pathname !== `${base}/search/index.gp`;

    test("nothing of the search is fetched before somebody goes to the field", () =>
      reading(KINDS.article, async (page) => {
        await page.waitForLoadState("networkidle");
        const early = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
        assert.ok(early.some((name) => name.includes("search-ui.")), "the script is there");
        assert.ok(!early.some((name) => /search-(box|page|parts)|search\.|index\.gp/.test(name)), early.join("\n"));
        await page.locator(FIELD).focus();
        await page.waitForRequest((request) => isIndex(new URL(request.url())));
      }));

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

    test("a choice stays when the excerpts arrive after the titles", () =>
      reading(KINDS.article, async (page) => {
        await page.evaluate(() => {
          const field = document.querySelector("input[name=q]");
          const choose = new MutationObserver(() => {
            if (!document.querySelector("[role=option]")) return;
            choose.disconnect();
            field.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
          });
          choose.observe(document.body, { childList: true, subtree: true });
        });
        await type(page, "salary");
        await page.locator(".option-text:not(:empty)").first().waitFor();
        await page.waitForTimeout(100);
        const active = await page.locator(FIELD).getAttribute("aria-activedescendant");
        assert.equal(active, await page.locator(OPTION).first().getAttribute("id"));
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
        assert.match(said[0], /^\d+ results?\. Use the arrow keys/);
      }));

    test("a misspelt question finds what was meant, and what was typed is a step away", () =>
      reading(`${KINDS.search}?q=interveiw`, async (page) => {
        await answers(page).locator(".card p").first().waitFor();
        const corrected = answers(page).locator(".search-corrected");
        assert.match(await corrected.innerText(), /Showing results for “interview”/);
        assert.match(await answers(page).locator("h2 a").first().innerText(), /interview/i);
        await corrected.locator("a").click();
        await page.waitForURL((url) => url.searchParams.get("q") === '"interveiw"');
        await answers(page).getByText("Nothing is found").waitFor();
        await page.goBack();
        await corrected.waitFor();
      }));

    test("a correction leaves the other words and the tags as they are", () =>
      reading(`${KINDS.search}?q=${encodeURIComponent("prepare interveiw tag:interviews")}`, async (page) => {
        await answers(page).locator(".search-corrected a").click();
        await page.waitForURL((url) => url.searchParams.get("q") === 'prepare "interveiw" tag:interviews');
      }));

    test("a phrase finds only articles that have it", () =>
      reading(`${KINDS.search}?q=${encodeURIComponent('"thank you for your time"')}`, async (page) => {
        await answers(page).locator(".card p").first().waitFor();
        const hrefs = await answers(page).locator("h2 a").evaluateAll((links) => links.map((link) => link.href));
        const all = await page.locator(".answers .count").first().innerText();
        assert.ok(hrefs.length < 20, all);
        for (const href of hrefs) {
          const text = await (await page.request.get(href)).text();
          const words = text.replace(/<[^>]*>/g, " ").replace(/[^\p{L}\p{N}]+/gu, " ").toLowerCase();
          assert.ok(words.includes("thank you for your time"), href);
        }
      }));

    test("tags narrow what is found, and can be taken back", () =>
      reading(`${KINDS.search}?q=interview`, async (page) => {
        const count = () => answers(page).locator(".count").first().innerText().then(parseFloat);
        await answers(page).locator(".card p").first().waitFor();
        const before = await count();
        const facet = answers(page).locator(".facets a").first();
        const [tag, expected] = (await facet.innerText()).split(/\s+(?=\d+$)/);
        assert.ok(Number(expected) > 0 && Number(expected) < before, `${expected} of ${before}`);
        await facet.click();
        await page.waitForURL((url) => url.searchParams.get("q").includes("tag:"));
        await page.waitForFunction((wanted) => parseFloat(document.querySelector("#gp-answers .count").innerText) === wanted, Number(expected));
        const chosen = answers(page).locator(".facets .chosen");
        assert.ok((await chosen.innerText()).startsWith(tag));
        await chosen.click();
        await page.waitForURL((url) => url.searchParams.get("q") === "interview");
        await page.waitForFunction((wanted) => parseFloat(document.querySelector("#gp-answers .count").innerText) === wanted, before);
      }));

    test("more results come when they are asked for", () =>
      reading(`${KINDS.search}?q=job`, async (page) => {
        const cards = answers(page).locator(".found > li");
        await cards.first().waitFor();
        const total = parseFloat(await answers(page).locator(".count").first().innerText());
        assert.ok(total > 10, `${total} are not enough for this test`);
        assert.equal(await cards.count(), 10);
        await page.getByRole("button", { name: "Show more results" }).click();
        await page.waitForFunction(() => document.querySelectorAll(".found > li").length > 10);
        const hrefs = await answers(page).locator("h2 a").evaluateAll((links) => links.map((link) => link.href));
        assert.equal(new Set(hrefs).size, hrefs.length, "none comes twice");
        assert.equal(await page.evaluate(() => document.activeElement.href), hrefs[10], "the first new one has the focus");
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
        const hrefs = await answers(page).locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
        assert.ok(hrefs.includes(`${base}/tags/`) && hrefs.includes(`${base}/a-z/`), hrefs.join(" "));
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

    test("the network gone in the middle is said, and trying again works", () =>
      reading(
        "/advice/article-1/",
        async (page, context) => {
          await page.locator(FIELD).focus();
          await page.locator(".search-panel").waitFor({ state: "attached" });
          await page.waitForLoadState("networkidle");
          await context.route(isBeyondTheRoot, (route) => route.abort("internetdisconnected"));
          await type(page, "salary");
          await page.locator(".search-panel").getByText("Are you connected").waitFor();
          await context.unroute(isBeyondTheRoot);
          await page.getByRole("button", { name: "Try again" }).click();
          await page.locator(".option-text:not(:empty)").first().waitFor();
          assert.ok(await page.locator(FIELD).evaluate((input) => input === document.activeElement));
        },
        { expected: /ERR_INTERNET_DISCONNECTED/, at: () => large },
      ));

    test("a network that is gone before the first question is said, too", () =>
      reading(
        KINDS.article,
        async (page, context) => {
          await context.route(isIndex, (route) => route.abort("internetdisconnected"));
          await type(page, "salary");
          await page.locator(".search-panel").getByText("Are you connected").waitFor();
          await context.unroute(isIndex);
          await page.getByRole("button", { name: "Try again" }).click();
          await page.locator(".option-text:not(:empty)").first().waitFor();
        },
        { expected: /ERR_INTERNET_DISCONNECTED/ },
      ));

    test("a script that does not arrive leaves a form that works", () =>
      reading(
        KINDS.article,
        async (page, context) => {
          const isScript = (url) => /\/search-box\b/.test(url.pathname);
          await context.route(isScript, (route) => route.abort("internetdisconnected"));
          await page.locator(FIELD).fill("salary");
          await page.waitForLoadState("networkidle");
          await context.unroute(isScript);
          await page.locator(FIELD).press("Enter");
          await answers(page).locator(".card p").first().waitFor();
        },
        { expected: /ERR_INTERNET_DISCONNECTED/ },
      ));

    test("a missing part of the index is said, and does not spoil the next question", () =>
      reading(
        KINDS.search,
        async (page, context) => {
          await context.route(isBeyondTheRoot, (route) => route.fulfill({ status: 404, body: "not here" }));
          await page.locator(FIELD).fill("salary");
          await answers(page).getByRole("button", { name: "Try again" }).waitFor();
          await page.locator(FIELD).press("Enter");
          await answers(page).getByRole("button", { name: "Try again" }).waitFor();
          await context.unroute(isBeyondTheRoot);
          await page.locator(FIELD).fill("a salary");
          await answers(page).locator(".card p").first().waitFor();
        },
        { expected: /404/, at: () => large },
      ));

    test("an index of another version offers to load the page again", () =>
      reading(KINDS.search, async (page, context) => {
        const isRoot = (url) => url.pathname === `${base}/search/index.gp`;
        await context.route(isRoot, async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, body: ofAnotherVersion(await response.body()) });
        });
        await page.locator(FIELD).fill("salary");
        await page.waitForURL(/\?q=salary/);
        await answers(page).getByText("This site has been renewed").waitFor();
        await context.unroute(isRoot);
        await page.getByRole("button", { name: "Reload the page" }).click();
        await answers(page).locator(".card p").first().waitFor();
        assert.equal(await page.locator(FIELD).inputValue(), "salary");
      }));

    test("a slow network is said after a second", () =>
      reading(KINDS.article, async (page, context) => {
        let release;
        const held = new Promise((resolve) => (release = resolve));
        await context.route(isIndex, async (route) => {
          await held;
          await route.continue();
        });
        await type(page, "salary");
        await page.locator(".search-panel").getByText("The connection is slow").waitFor();
        release();
        await page.locator(".option-text:not(:empty)").first().waitFor();
        assert.equal(await page.getByText("The connection is slow").count(), 0);
      }));

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

/** The root of an index as another version of the program would write it. */
function ofAnotherVersion(bytes) {
  if (bytes[0] === "{".charCodeAt(0)) return JSON.stringify({ ...JSON.parse(bytes.toString()), version: 99 });
  // `gp` and the version.
  const changed = Buffer.from(bytes);
  changed[2] += 1;
  return changed;
}

/** Insists that something is within the window, and the page no wider. */
async function fits(page, selector) {
  const box = await page.locator(selector).boundingBox();
  const { width } = page.viewportSize();
  assert.ok(box.x >= 0 && box.x + box.width <= width, `${selector} reaches from ${box.x} to ${box.x + box.width} of ${width}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
}

/** Insists on a contrast of 4.5 between letters and what is behind them (WCAG 2.2, 1.4.3). */
async function isLegible(page, selector) {
  const worst = await page.locator(selector).evaluateAll((elements) => {
    const parse = (color) => color.match(/[\d.]+/g).map(Number);
    const light = ([r, g, b]) =>
      [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color.length === 3 || color[3] === 1) return color;
      }
      return [255, 255, 255];
    };
    const ratios = elements
      .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
      .map((element) => {
        const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
        return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.className || element.tagName];
      });
    return [ratios.length, ...ratios.sort((a, b) => a[0] - b[0])[0]];
  });
  assert.ok(worst[0] > 5, "there is nothing to read");
  assert.ok(worst[1] >= 4.5, `${worst[2]} has a contrast of ${worst[1].toFixed(2)}`);
}

/** Insists that everything can be hit: 24 px each way (WCAG 2.2, 2.5.8). Links within a sentence need not. */
async function isHittable(page, selector) {
  const small = await page.locator(selector).evaluateAll((elements) =>
    elements
      .filter((element) => !element.closest("p"))
      .map((element) => [element.getBoundingClientRect(), element.textContent])
      .filter(([box]) => box.height < 24 || box.width < 24)
      .map(([box, text]) => `${text}: ${box.width} × ${box.height}`),
  );
  assert.deepEqual(small, []);
}
