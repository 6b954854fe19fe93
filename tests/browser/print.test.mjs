// What comes out of a printer: black on white in every colour scheme, words alone and all of them, no heading without its
// text, and an agenda on one page.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { INSTRUMENTS } from "./measure.mjs";
import { PAGES, readers } from "./pages.mjs";

const PAPERS = ["A4", "Letter"];
const PRINTED = ["article", "agenda", "tip", "code", "table", "section", "tag", "short agenda", "wide table", "all of Markdown", "article from right to left", "barest article"];
const ON_ONE_PAGE = ["agenda", "tip", "short agenda", "barest article"];
/** What is of no use on paper. */
const NO_USE = "nav, form, button, .skip, [role=search]";
/** Less of a page's foot than any printer leaves white, in points. */
const FOOT = 36;

describe("a printed page", () => {
  let reading;
  before(async () => (reading = await readers()));
  after(() => reading?.close());

  for (const name of PRINTED) {
    test(name, () =>
      reading.visit(
        name,
        async (page) => {
          await page.emulateMedia({ media: "print", colorScheme: "dark" });
          const { pale, shown, headings, words } = await page.evaluate((noUse) => {
            const letters = [...document.querySelectorAll("main *")].filter(instruments.isShown);
            return {
              pale: instruments.contrasts().filter(({ ratio }) => ratio < 7).map(({ name, ratio }) => `${name}: ${ratio.toFixed(2)}`),
              shown: [...document.querySelectorAll(noUse)].filter(instruments.isShown).map(instruments.called),
              headings: letters.filter((element) => /^H[1-6]$/.test(element.tagName)).map((element) => element.textContent),
              words: letters.filter((element) => element.closest(".prose") && element.childElementCount === 0).map((element) => element.textContent),
            };
          }, NO_USE);
          assert.deepEqual(pale, [], "it is pale");
          assert.deepEqual(shown, [], "it is of no use on paper");
          assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
          for (const format of PAPERS) {
            const pages = read(await page.pdf({ format }));
            if (ON_ONE_PAGE.includes(name)) assert.equal(pages.length, 1, `${format}: it needs ${pages.length} pages`);
            for (const { lines } of pages.slice(0, -1)) {
              const last = plain(lines.toSorted((one, other) => one.bottom - other.bottom).at(-1).text);
              assert.ok(!headings.some((heading) => plain(heading).endsWith(last)), `${format}: “${last}” stands at the foot of a page`);
            }
            for (const { lines, width } of pages) {
              assert.deepEqual(lines.filter(({ left, right }) => left < 0 || right > width).map(({ text }) => text), [], `${format}: it is beside the paper`);
            }
            const printed = plain(pages.flatMap(({ lines }) => lines.map(({ text }) => text)).join(" "));
            // Words that go from right to left come out of a PDF the other way round.
            const isThere = (word) => printed.includes(plain(word)) || /\p{Script=Arabic}/u.test(word);
            assert.deepEqual(words.flatMap((text) => text.split(/\s+/)).filter((word) => !isThere(word)), [], `${format}: it is not there`);
          }
        },
        { scripts: [INSTRUMENTS] },
      ));
  }

  /** Letters and digits alone: lines and hyphens are made by the paper. */
  function plain(text) {
    return text.normalize("NFKC").replace(/[^\p{L}\p{N}]/gu, "");
  }

  /** The pages of a PDF: their width and lines of text, without what stands in the margin at the foot. */
  function read(pdf) {
    const html = execFileSync("pdftotext", ["-bbox-layout", "-", "-"], { input: pdf, encoding: "utf8", maxBuffer: 64 << 20 });
    return html.split("<page ").slice(1).map((page) => {
      const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(page).map(Number);
      const lines = Array.from(page.matchAll(/<line xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)<\/line>/gs), ([, left, right, bottom, words]) => ({
        left: Number(left),
        right: Number(right),
        bottom: Number(bottom),
        text: Array.from(words.matchAll(/>([^<]+)<\/word>/g), ([, word]) => word.replace(/&(amp|lt|gt|quot);/g, (entity) => ({ "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' })[entity])).join(" "),
      }));
      return { width, lines: lines.filter(({ bottom }) => bottom <= height - FOOT) };
    });
  }
});
