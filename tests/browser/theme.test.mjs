// A site with themes of its own, one upon the other, and colours, widths and fonts from its settings (tests/themed): every
// kind of page on a phone and a laptop, light and dark, under the production policy, and on paper.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { buildThemed, open } from "./site.mjs";
import { serve } from "./server.mjs";

const PAGES = { home: "/", section: "/clerkships/", article: "/clerkships/apply/", wide: "/clerkships/judges/", tip: "/firms/first-year/", tags: "/tags/", search: "/search/" };
const COLOURS = {
  light: { paper: "rgb(255, 253, 248)", accent: "rgb(122, 31, 61)", band: "rgb(43, 33, 24)" },
  dark: { paper: "rgb(23, 18, 15)", band: "rgb(13, 10, 8)" },
};

/** How well two colours of CSS are told from each other (WCAG 2.2). */
function contrast(one, other) {
  const luminance = (colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe("a site with themes of its own", () => {
  let browser;
  let server;

  before(async () => {
    server = await serve(buildThemed("https://law.example.edu/"));
    browser = await open();
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  const style = (locator, property) => locator.evaluate((element, property) => getComputedStyle(element)[property], property);

  for (const [kind, path] of Object.entries(PAGES)) {
    for (const width of [320, 360, 1280]) {
      for (const [colorScheme, expected] of Object.entries(COLOURS)) {
        test(`${kind} at ${width} px, ${colorScheme}`, async () => {
          const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
          const page = await context.newPage();
          const complaints = [];
          page.on("console", (message) => complaints.push(message.text()));
          page.on("pageerror", (error) => complaints.push(String(error)));
          page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
          const response = await page.goto(server.address + path);
          assert.equal(response.status(), 200);
          assert.deepEqual(complaints, [], "the browser complains");
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
          assert.equal(await style(page.locator("body"), "backgroundColor"), expected.paper);
          assert.equal(await style(page.locator(".site-header"), "backgroundColor"), expected.band);
          assert.match(await style(page.locator("h1").first(), "fontFamily"), /^"Iowan Old Style", Palatino, Georgia, serif$/);
          const theme = await page.locator(`meta[name=theme-color][media*=${colorScheme}]`).getAttribute("content");
          assert.equal(`rgb(${theme.match(/[\da-f]{2}/g).map((part) => parseInt(part, 16)).join(", ")})`, expected.paper);
          const link = await style(page.locator("main a:not(.contents *)").first(), "color");
          if (expected.accent) assert.equal(link, expected.accent);
          assert.ok(contrast(link, expected.paper) >= 4.5, `links are ${link}`);
          await context.close();
        });
      }
    }
  }

  test("a template of its own makes room for a table", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const widthOf = async (path) => {
      await page.goto(server.address + path);
      return page.locator(".prose").evaluate((prose) => prose.clientWidth);
    };
    const [narrow, wide] = [await widthOf(PAGES.article), await widthOf(PAGES.wide)];
    assert.ok(narrow <= 36 * 16 && wide > 900, `${narrow} and ${wide}`);
    await page.close();
  });

  test("paper keeps its own colours and widths, and the font is the site's", async () => {
    const page = await browser.newPage({ colorScheme: "dark" });
    await page.goto(server.address + PAGES.article);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.equal(await style(page.locator(".prose a").first(), "color"), "rgb(0, 0, 0)");
    assert.equal(await style(page.locator("body"), "backgroundColor"), "rgb(255, 255, 255)");
    assert.equal(await style(page.locator(".article-main"), "maxInlineSize"), "100%");
    assert.match(await style(page.locator("body"), "fontFamily"), /Georgia/);
    await page.close();
  });
});
