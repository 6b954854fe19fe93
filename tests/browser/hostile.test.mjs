// A site of all the texts of tests/hostile/strings.txt, in every field of its articles and in every kind of Markdown, in a real
// browser: no script of theirs runs, nothing is asked of another host, no dialog opens, the browser has nothing to complain of,
// and what is shown is the text. The same for whoever searches for them.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { FIELD } from "./reader.mjs";
import { buildFrom, open, repository } from "./site.mjs";
import { serve } from "./server.mjs";

const TEXTS = readFileSync(join(repository, "tests/hostile/strings.txt"), "utf8").split("\n").filter((line) => /^"/.test(line)).map((line) => JSON.parse(line));
/** So many readers at a time. */
const READERS = 4;

/** A text as YAML has it whatever YAML makes of its signs. */
const quoted = (text) => `"${Array.from(text, (c) => (/^[ !#-[\]-~]$/.test(c) ? c : `\\U${c.codePointAt(0).toString(16).padStart(8, "0")}`)).join("")}"`;
/** One line of Markdown in which no sign means anything. */
const escaped = (text) => words(text).replace(/[!-/:-@[-`{-~]/g, "\\$&");
/** What Unicode calls white space, which is not quite what a regular expression does. */
const words = (text) => text.split(/[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u).filter(Boolean).join(" ");
/** The numbers of the texts to open an article of: all that are markup or steer something, and some of the others. */
const OPENED = TEXTS.map((text, number) => number).filter((number) => /[<>"'`&\\\0-\x1f]|script:/.test(TEXTS[number]) || number % 5 === 0);
/** Some of them are people that the settings know, too. */
const PEOPLE = TEXTS.filter((text) => /[<>"]/.test(text) && text.length < 60).slice(0, 24);
const name = (number) => String(number).padStart(4, "0");

/** One article of one text. */
function article(text, number) {
  const field = (letter) => quoted(`${letter}${name(number)} ${text}`);
  const body = escaped(text);
  return `---
title: ${field("T")}
slug: a-${name(number)}
kind: ${["article", "tip", "agenda"][number % 3]}
date: 2026-01-${String(1 + (number % 28)).padStart(2, "0")}
description: ${field("D")}
summary: ${field("S")}
tags: [${field("t")}]
authors: [${number < PEOPLE.length ? `p${number}` : field("A")}]
owner: ${field("A")}
series: ${quoted(`S${name(number >> 1)}`)}
audience: ${field("S")}
image: /seal.svg
image_alt: ${field("I")}
appeared_in: { publication: ${field("P")}, edition: ${field("E")} }
---

B ${body}.

## H ${body}

[L ${body}](../seal.svg) ![I ${body}](../seal.svg "C ${body}")

- [ ] (5 min) S ${body}
- [x] S ${body}

> [!TIP]
> Q ${body}[^1]

| head ${body} |
|---|
| cell ${body} |

[^1]: N ${body}
`;
}

/** What an element says of a text: what HTML cannot hold is left out, or shown as the sign for that. */
const shown = (text) => words(words(text).replace(/[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd\ufdd0-\ufdef]|[\ufffe\uffff]|\p{Noncharacter_Code_Point}/gu, ""));

describe("hostile texts in a browser", () => {
  let folder;
  let server;
  let browser;
  before(async () => {
    const root = mkdtempSync(join(tmpdir(), "guidepost-browser-source-"));
    mkdirSync(join(root, "content/all"), { recursive: true });
    const site = quoted(`W ${TEXTS.find((text) => text.startsWith("</script><script>"))}`);
    const link = quoted(`M ${TEXTS.find((text) => text.includes("onmouseover"))}`);
    writeFileSync(join(root, "guidepost.yaml"), `title: ${site}
base_url: https://example.org/
description: ${site}
page_size: 50
organization: ${site}
banner: { text: ${site}, url: /all/ }
footer: { text: ${site}, links: [ ${link}: /all/ ] }
menu:
  - ${link}: /all/
authors:
${PEOPLE.map((text, number) => `  p${number}: { name: ${quoted(`P${number} ${text}`)}, role: ${quoted(text)} }\n`).join("")}`);
    writeFileSync(join(root, "content/seal.svg"), '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>');
    writeFileSync(join(root, "content/all/index.md"), `---\ntitle: ${link}\n---\nAll of them.\n`);
    TEXTS.forEach((text, number) => writeFileSync(join(root, `content/all/${name(number)}.md`), article(text, number)));
    folder = buildFrom(root, "https://example.org/");
    rmSync(root, { recursive: true });
    server = await serve(folder);
    browser = await open();
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  /** Opens pages one after the other and does something on each; insists that nothing of the texts' making happens. */
  async function visit(paths, act) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(30_000);
    // Says so if a text's script has run, and hears of everything that the policy blocks.
    await context.addInitScript(() => {
      globalThis.__blocked = [];
      document.addEventListener("securitypolicyviolation", (event) => globalThis.__blocked.push(`${event.violatedDirective} ${event.blockedURI}`));
    });
    const page = await context.newPage();
    const wrong = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && wrong.push(message.text()));
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("dialog", (dialog) => (wrong.push(`a dialog: ${dialog.message()}`), dialog.dismiss()));
    context.on("page", (other) => wrong.push(`a window: ${other.url()}`));
    page.on("request", (request) => {
      if (!request.url().startsWith(server.address) && !request.url().startsWith("data:")) wrong.push(`asked: ${request.url()}`);
    });
    try {
      for (const path of paths) {
        await page.goto(server.address + path);
        await act?.(page, path);
        const { hostile, blocked } = await page.evaluate(() => ({ hostile: globalThis.__hostile, blocked: globalThis.__blocked }));
        if (hostile !== undefined) wrong.push(`script ${hostile} ran`);
        wrong.push(...blocked.map((what) => `blocked: ${what}`));
        assert.equal(new URL(page.url()).pathname, path.split("?")[0], "the page is still there");
        assert.deepEqual(wrong, [], `at ${path}`);
      }
    } finally {
      await context.close();
    }
  }

  /** The same by several readers at once. */
  const visitAll = (paths, act) => Promise.all(Array.from({ length: READERS }, (_, reader) => visit(paths.filter((_, at) => at % READERS === reader), act)));

  test("on every article they are text", async () => {
    await visitAll(OPENED.map((number) => `/all/a-${name(number)}/`), async (page, path) => {
      const number = Number(path.slice(-5, -1));
      const found = await page.evaluate(() => ({ heading: document.querySelector("h1").textContent, alt: document.querySelector("main img[alt^='I '], main img[alt^='I\\ufffd']")?.alt }));
      assert.equal(shown(found.heading), shown(`T${name(number)} ${TEXTS[number]}`), path);
      if (found.alt !== undefined) assert.equal(shown(found.alt), shown(`I ${words(TEXTS[number])}`), path);
    });
  });

  test("on every other kind of page", async () => {
    const listings = Array.from({ length: Math.ceil(TEXTS.length / 50) }, (_, page) => (page ? `/all/page/${page + 1}/` : "/all/"));
    await visitAll(["/", ...listings, "/tags/", "/a-z/", "/authors/", "/feeds/", "/search/"]);
  });

  test("on the pages of their tags and authors, which they name", async () => {
    const links = [];
    for (const list of ["/tags/", "/authors/"]) {
      await visit([list], async (page) => links.push(...(await page.locator(`main a[href^="${list}"]`).evaluateAll((all) => all.map((one) => one.getAttribute("href"))))));
    }
    assert.ok(links.length >= TEXTS.length + PEOPLE.length, `${links.length} links`);
    // Every tenth: all are made by one template, which the tests of the program look at for every text.
    await visitAll([...new Set(links)].filter((path, at) => path.startsWith("/authors/") || at % 10 === 0));
  });

  test("for whoever searches for them", async () => {
    const asked = TEXTS.filter((text) => text.length < 300 && /[<>"'`{]/.test(text));
    assert.ok(asked.length > 100);
    await visitAll(asked.filter((_, at) => at % 4 === 0).map((text) => `/search/?q=${encodeURIComponent(text)}`), async (page) => {
      await page.locator("#gp-answers :is(.card, .search-note)").first().waitFor();
    });
    // Typed into the field, with what is found below it as it is typed.
    await visit(["/all/"], async (page) => {
      for (const [number, text] of TEXTS.entries()) {
        if (number % 40) continue;
        await page.locator(FIELD).first().fill(`T${name(number)} ${words(text).slice(0, 60)}`);
        await page.locator(".search-panel :is([role=option], .search-note:not(:empty))").first().waitFor();
      }
    });
  });
});
