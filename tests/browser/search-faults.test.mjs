// What a reader meets who searches while things go wrong: the network, the host, the files of the index. Whatever happens
// is said, leads on to where the articles are anyway, and does not spoil the next try.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { FIELD, OPTION, answers, count, found, hasFocus, hrefs, reading as read, type } from "./reader.mjs";
import { KINDS, buildMany, open } from "./site.mjs";
import { serve } from "./server.mjs";

const ARTICLE = "/advice/article-1/";
const ROOT = "/search/index.bin";
const isPart = (path) => path.startsWith("/search/i/");

for (const base of ["", "/sub/dir"]) {
  describe(`searching with faults at ${base || "the root"}`, () => {
    let browser;
    /** Sites whose index is one file, and many. */
    let small;
    let large;

    before(async () => {
      const address = `https://example.org${base}/`;
      [small, large] = await Promise.all([30, 600].map((number) => serve(buildMany(number, address), base)));
      browser = await open();
    });

    after(async () => {
      await browser?.close();
      for (const one of [small, large]) one?.close();
    });

    const reading = (path, act, { at = () => large, ...options } = {}) => read(browser, at(), path, act, options);
    const panel = (page) => page.locator(".search-panel");
    const retry = (page) => page.getByRole("button", { name: "Try again" });

    /** Insists that whoever is told of a fault is told where to go, too. */
    async function leadsOn(place) {
      const ways = await hrefs(place.locator("a"));
      assert.ok(ways.includes(`${base}/tags/`) && ways.includes(`${base}/a-z/`), ways.join(" "));
    }

    test("the network gone in the middle is said, and trying again works", () =>
      reading(
        ARTICLE,
        async (page, context) => {
          await type(page, "salary");
          await page.locator(OPTION).first().waitFor();
          await context.setOffline(true);
          await page.locator(FIELD).fill("about");
          await panel(page).getByText("Are you connected").waitFor();
          assert.equal(await page.locator(FIELD).getAttribute("aria-expanded"), "false");
          await leadsOn(panel(page));
          await page.waitForFunction(() => document.querySelector("form [role=status]").textContent.includes("Are you connected"));
          // What is here already is found without a network.
          await page.locator(FIELD).fill("salary");
          await page.locator(OPTION).first().waitFor();
          await page.locator(FIELD).fill("about");
          await retry(page).waitFor();
          await context.setOffline(false);
          await page.keyboard.press("Tab");
          await page.keyboard.press("Tab");
          assert.ok(await hasFocus(retry(page)), "the keyboard reaches it");
          await page.keyboard.press("Enter");
          await page.locator(OPTION).first().waitFor();
          assert.ok(await hasFocus(page.locator(FIELD)));
        },
        { expected: /ERR_INTERNET_DISCONNECTED/ },
      ));

    test("the network gone on the search page is said, and trying again works", () =>
      reading(
        `${KINDS.search}?q=salary`,
        async (page, context) => {
          await found(page);
          await context.setOffline(true);
          await page.getByRole("button", { name: "Show more" }).click();
          await retry(page).waitFor();
          await answers(page).getByText("Are you connected").waitFor();
          assert.equal(await answers(page).locator("h2").count(), 10, "what is found stays");
          await context.setOffline(false);
          await retry(page).click();
          await page.waitForFunction(() => document.querySelectorAll("#gp-answers h2").length === 20);
          await context.setOffline(true);
          await page.locator(FIELD).fill("about abandoned");
          await retry(page).waitFor();
          await leadsOn(answers(page));
          await context.setOffline(false);
          await retry(page).click();
          await found(page);
        },
        { expected: /ERR_INTERNET_DISCONNECTED/ },
      ));

    test("an index in one file needs no network once it is here", () =>
      reading(
        ARTICLE,
        async (page, context) => {
          await type(page, "salary");
          await page.locator(OPTION).first().waitFor();
          await context.setOffline(true);
          for (const question of ["abandoned", "about", "xqzwvk"]) {
            await page.locator(FIELD).fill(question);
            await page.locator(".option-all, .search-note", { hasText: question }).first().waitFor();
          }
          assert.equal(await retry(page).count(), 0);
        },
        { at: () => small },
      ));

    test("a host that gives way before the first question is told of, too", () =>
      reading(
        ARTICLE,
        async (page) => {
          large.isMissing = (path) => path === ROOT;
          await type(page, "salary");
          await retry(page).waitFor();
          await panel(page).getByText("A part of the search could not be read").waitFor();
          await leadsOn(panel(page));
          large.isMissing = () => false;
          await retry(page).click();
          await page.locator(OPTION).first().waitFor();
        },
        { expected: /404/ },
      ));

    test("scripts that do not arrive leave a form that leads to every article", () =>
      reading(
        ARTICLE,
        async (page, context) => {
          const isScript = (url) => /\/search-(box|page)\b/.test(url.pathname);
          await context.route(isScript, (route) => route.abort("connectionreset"));
          await page.locator(FIELD).fill("salary");
          await page.waitForLoadState("networkidle");
          await page.locator(FIELD).press("Enter");
          await page.getByText("Searching here needs JavaScript").waitFor();
          assert.equal(await page.locator(FIELD).inputValue(), "salary");
          await leadsOn(page.locator("main"));
          await context.unroute(isScript);
          await page.locator(FIELD).press("Enter");
          await found(page);
          assert.ok(await page.getByText("Searching here needs JavaScript").isHidden());
        },
        { expected: /ERR_CONNECTION_RESET/ },
      ));

    for (const [kind, name] of [["words", "t"], ["places", "d"], ["articles", "a"]]) {
      test(`a missing file of ${kind} is said, and asked for again`, () =>
        reading(
          KINDS.search,
          async (page) => {
            large.isMissing = (path) => path.startsWith(`/search/i/${name}`);
            await page.locator(FIELD).fill("salary");
            await retry(page).waitFor();
            await answers(page).getByText("A part of the search could not be read").waitFor();
            await leadsOn(answers(page));
            const before = large.log.length;
            await page.locator(FIELD).press("Enter");
            await page.waitForTimeout(300);
            await retry(page).waitFor();
            assert.ok(large.log.slice(before).some(({ path }) => large.isMissing(path)), "it is asked for again");
            large.isMissing = () => false;
            await page.locator(FIELD).press("Enter");
            await found(page);
          },
          { expected: /404/ },
        ));

      for (const [how, damage] of [
        ["cut", (bytes) => bytes.subarray(0, bytes.length >> 1)],
        ["overwritten", (bytes) => Buffer.from(bytes).fill(0xa5, 4)],
        ["that is a page", () => Buffer.from("<!doctype html><title>Sign in</title><p>Sign in to this network first.")],
      ]) {
        test(`a file of ${kind} ${how} is said, and fetched afresh`, () =>
          reading(KINDS.search, async (page) => {
            large.change = (path, bytes) => (path.startsWith(`/search/i/${name}`) ? damage(bytes) : bytes);
            await page.locator(FIELD).fill("salary");
            await retry(page).waitFor();
            await answers(page).getByText("A part of the search could not be read").waitFor();
            await leadsOn(answers(page));
            large.change = (path, bytes) => bytes;
            await retry(page).click();
            await found(page);
          }));
      }
    }

    test("a site that is renewed while a page is open is searched as it is now", () =>
      reading(
        ARTICLE,
        async (page) => {
          await type(page, "salary");
          await page.locator(OPTION).first().waitFor();
          // The files that this page's root knows are gone; those of the new root are there.
          const before = large.log.length;
          large.isMissing = (path) => isPart(path) && !large.log.slice(before).some((request) => request.path === ROOT);
          await page.locator(FIELD).fill("about");
          await page.locator(".option-all", { hasText: "about" }).waitFor();
          assert.ok(large.log.slice(before).some(({ path }) => path === ROOT), "the root is fetched again");
        },
        { expected: /404/ },
      ));

    test("an index of another version offers to load the page again", () =>
      reading(KINDS.search, async (page) => {
        large.change = (path, bytes) => (path === ROOT ? Buffer.from(bytes).fill(99, 2, 3) : bytes);
        await page.locator(FIELD).fill("salary");
        await page.waitForURL(/\?q=salary/);
        await answers(page).getByText("This site has been renewed").waitFor();
        await leadsOn(answers(page));
        large.change = (path, bytes) => bytes;
        await page.getByRole("button", { name: "Reload the page" }).click();
        await found(page);
        assert.equal(await page.locator(FIELD).inputValue(), "salary");
        await page.goto(large.address + ARTICLE);
        large.change = (path, bytes) => (path === ROOT ? Buffer.from(bytes).fill(0, 2, 3) : bytes);
        await type(page, "salary");
        await panel(page).getByText("This site has been renewed").waitFor();
      }));

    test("a slow network is said, leads on, and is answered in the end", () =>
      reading(ARTICLE, async (page) => {
        let release;
        const held = new Promise((resolve) => (release = resolve));
        large.hold = (path) => (path.endsWith(".bin") ? held : undefined);
        await type(page, "salary");
        await panel(page).getByText("The connection is slow").waitFor();
        await leadsOn(panel(page));
        release();
        await page.locator(OPTION).first().waitFor();
        await page.getByText("The connection is slow").waitFor({ state: "hidden" });
      }));

    test("an excerpt that cannot be had leaves the article as it is, and the others", () =>
      reading(
        `${KINDS.search}?q=salary`,
        async (page, context) => {
          await found(page);
          await page.waitForLoadState("networkidle");
          const last = answers(page).locator(".card").last();
          const before = await last.innerText();
          await context.setOffline(true);
          await last.scrollIntoViewIfNeeded();
          await page.waitForTimeout(300);
          assert.equal(await last.innerText(), before);
          assert.equal(await answers(page).locator(".card").count(), 10);
          assert.equal(await retry(page).count(), 0);
        },
        { expected: /ERR_INTERNET_DISCONNECTED/, viewport: { width: 800, height: 400 } },
      ));

    test("a host that knows no ranges gives the same answers", () =>
      reading(`${KINDS.search}?q=salary`, async (page) => {
        /** What is found, once all excerpts are there. */
        const whole = async (page) => {
          await found(page);
          await answers(page).locator(".card").last().scrollIntoViewIfNeeded();
          await page.waitForFunction(() => [...document.querySelectorAll("#gp-answers .card")].every((card) => card.querySelector("p mark")));
          return answers(page).locator(".found").innerText();
        };
        const before = await whole(page);
        assert.ok(large.log.some(({ path, range }) => isPart(path) && range), "ranges are asked for");
        const total = await count(page);
        large.knowsRanges = false;
        const context = await browser.newContext();
        const other = await context.newPage();
        await other.goto(`${large.address}${KINDS.search}?q=salary`);
        assert.equal(await whole(other), before);
        assert.equal(await count(other), total);
        await context.close();
      }));
  });
}
