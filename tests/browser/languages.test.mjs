// Sites in other languages: the words of scripts, and pages that are read from the right.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { join } from "node:path";
import { buildFrom, open, repository } from "./site.mjs";
import { serve } from "./server.mjs";

const PAGES = {
  home: "/",
  section: "/interviews/",
  "section-2": "/interviews/page/2/",
  article: "/interviews/thanks/",
  "article in English": "/interviews/english/",
  agenda: "/interviews/agenda/",
  tags: "/tags/",
  "a-z": "/a-z/",
  feeds: "/feeds/",
  search: "/search/",
  "not found": "/no/such/page/",
};

describe("a site that is read from the right", () => {
  let browser;
  let server;

  before(async () => {
    server = await serve(buildFrom(join(repository, "tests/words/ar"), "https://example.org/"));
    browser = await open();
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  for (const [kind, path] of Object.entries(PAGES)) {
    for (const width of [320, 1280]) {
      test(`${kind} at ${width} px`, async () => {
        const page = await browser.newPage({ viewport: { width, height: 800 } });
        await page.goto(server.address + path);
        const { lang, dir, overflow, sideways } = await page.evaluate(() => {
          const root = document.documentElement;
          const beyond = [...document.querySelectorAll("body *")].filter((element) => {
            const { left, right, width } = element.getBoundingClientRect();
            return width > 1 && (left < -1 || right > root.clientWidth + 1) && getComputedStyle(element).position !== "absolute";
          });
          return { lang: root.lang, dir: root.dir, overflow: root.scrollWidth - root.clientWidth, sideways: beyond.map((element) => element.outerHTML.slice(0, 80)) };
        });
        assert.deepEqual([lang, dir], ["ar", "rtl"]);
        assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
        assert.deepEqual(sideways, [], "what cannot be reached by scrolling down");
        await page.close();
      });
    }
  }

  test("everything begins on the right", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(`${server.address}/interviews/thanks/`);
    const middle = async (selector) => {
      const { x, width } = await page.locator(selector).first().boundingBox();
      return x + width / 2;
    };
    const [brand, search, contents, text] = [await middle(".brand"), await middle("form.search"), await middle(".contents"), await middle(".article-main")];
    assert.ok(brand > search, "the name of the site is on the right, the search on the left of it");
    // The contents stand where they do in a language that is read from the left, seen in a mirror.
    assert.ok(contents < text, "the contents are at the end of the line");
    const aligned = await page.evaluate(() => getComputedStyle(document.querySelector("h1")).direction);
    assert.equal(aligned, "rtl");
    await page.close();
  });

  test("what is found opens below the field, within the window", async () => {
    for (const width of [320, 1280]) {
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      await page.goto(`${server.address}/interviews/thanks/`);
      await page.locator("input[name=q]").fill("المقابلة");
      const panel = page.locator(".search-panel [role=option]").first();
      await panel.waitFor();
      const { x, width: wide } = await page.locator(".search-panel").boundingBox();
      assert.ok(x >= 0 && x + wide <= width, `from ${x}, ${wide} px wide, in ${width} px`);
      await page.close();
    }
  });
});

for (const [language, asked, expected] of [
  ["es", "entrevista", /^\d+ artículos? para «entrevista»$/],
  ["fr", "entretien", /^\d+ articles? pour « entretien »$/],
]) {
  test(`the search speaks the language of the site: ${language}`, async () => {
    const server = await serve(buildFrom(join(repository, "tests/words", language), "https://example.org/"));
    const browser = await open();
    try {
      const page = await browser.newPage();
      await page.goto(`${server.address}/search/?q=${asked}`);
      await page.locator("#gp-answers .card").first().waitFor();
      const count = (await page.locator("#gp-answers .count").first().textContent()).replaceAll("\u00a0", " ");
      assert.match(count, expected);
      const days = await page.locator("#gp-answers time").allTextContents();
      assert.ok(days.length > 0 && days.every((day) => /\p{L}/u.test(day) && !/January|March|April|May|June/.test(day)), days.join());
      await page.goto(`${server.address}/search/?q=xqzwvk`);
      const note = page.locator("#gp-answers .search-note");
      await note.waitFor();
      const links = await note.locator("a").evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
      assert.deepEqual(links, ["/tags/", "/a-z/"]);
      assert.ok(!/nothing|try/i.test(await note.textContent()));
    } finally {
      await browser.close();
      server.close();
    }
  });
}

test("an article loads six files at the most before somebody searches", async () => {
  const server = await serve(buildFrom(join(repository, "tests/words/es"), "https://example.org/"));
  const browser = await open();
  try {
    const page = await browser.newPage();
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${server.address}/interviews/thanks/`, { waitUntil: "networkidle" });
    assert.ok(asked.length <= 6, asked.join());
    assert.ok(!asked.some((path) => path.includes("words")), asked.join());
  } finally {
    await browser.close();
    server.close();
  }
});
