// Every kind of page that readers meet, and how it comes to be what it is: what the tests that hold for all pages go through.

import assert from "node:assert/strict";
import { join } from "node:path";
import { FIELD, found } from "./reader.mjs";
import { KINDS, build, buildFrom, open } from "./site.mjs";
import { serve } from "./server.mjs";

/** The sites: the sample site, one of three articles without anything else, and one of what goes wrong most easily. */
const SITES = {
  sample: (base) => build(base),
  barest: (base) => buildFrom(join(import.meta.dirname, "barest"), base),
  extremes: (base) => buildFrom(join(import.meta.dirname, "extremes"), base),
};

const asked = (question) => `${KINDS.search}?q=${encodeURIComponent(question)}`;
/** Types into the field, waits for what opens below it, and chooses the first. */
const choosing = (question, option) => async (page) => {
  await page.locator(FIELD).fill(question);
  await page.locator(option).first().waitFor();
  await page.keyboard.press("ArrowDown");
};
/** Goes to the end and back, and waits for what comes with answers that are seen: excerpts and headings. */
const seen = async (page) => {
  await page.evaluate(async () => {
    scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
    let quiet = 0;
    new MutationObserver(() => (quiet = 0)).observe(document.getElementById("gp-answers"), { childList: true, subtree: true });
    for (; quiet < 4; quiet++) await new Promise((resolve) => setTimeout(resolve, 250));
    scrollTo({ top: 0, behavior: "instant" });
  });
};
const told = (page) => page.locator("#gp-answers .search-note").first().waitFor();

/**
 * Each page by its name: the `path` in a `site`, what a reader does there (`act`), what makes all of it be there (`rest`), and
 * whether it leads on by itself, so that it has to be held (`leadsTo`). `isOverlaid` is a page of which something lies on top of something else.
 */
export const PAGES = {
  ...Object.fromEntries(Object.entries(KINDS).map(([kind, path]) => [kind, { path }])),
  "search with answers": { path: asked("thank you note"), act: found, rest: seen },
  "search by tag": { path: asked("tag:networking interview"), act: found, rest: seen },
  "search with a slip": { path: asked("how to prepare for an interveiw"), act: found, rest: seen },
  "search with nothing found": { path: asked("xqzwvk"), act: told },
  "search with an open panel": { path: KINDS.article, act: choosing("interview", ".option-text:not(:empty)"), isOverlaid: true },
  "search with an empty panel": { path: KINDS.article, act: async (page) => (await page.locator(FIELD).fill("xqzwvk"), await page.locator(".search-panel .search-note:not(:empty)").waitFor()), isOverlaid: true },
  redirect: { path: "/black-hole/", leadsTo: "/applications/job-search-black-hole/" },
  "home of long names": { site: "extremes", path: "/" },
  "home-2 of long names": { site: "extremes", path: "/page/2/" },
  "section of long names": { site: "extremes", path: "/long/" },
  "wide table": { site: "extremes", path: "/wide-table/" },
  "all of Markdown": { site: "extremes", path: "/everything/" },
  "article in another language": { site: "extremes", path: "/entrevista/" },
  "article from right to left": { site: "extremes", path: "/muqabala/" },
  "short agenda": { site: "extremes", path: "/long/agenda/" },
  "author of long names": { site: "extremes", path: "/authors/ana/" },
  "tags of long names": { site: "extremes", path: "/tags/" },
  "barest home": { site: "barest", path: "/" },
  "barest article": { site: "barest", path: "/first/" },
  "barest tags": { site: "barest", path: "/tags/" },
  "barest a-z": { site: "barest", path: "/a-z/" },
  "barest search": { site: "barest", path: "/search/" },
  "barest not-found": { site: "barest", path: "/no/such/page/" },
};

/** What waits for a person waits for tests, too. */
const PATIENCE = 15_000;

/** The sites in `folders` and on `servers`, and a browser to read them with. */
export async function readers(more) {
  const folders = {};
  const servers = {};
  for (const [name, build] of Object.entries(SITES)) {
    folders[name] = build("https://example.org/");
    servers[name] = await serve(folders[name]);
  }
  const browser = await open(more);
  const close = async () => {
    await browser.close();
    for (const server of Object.values(servers)) server.close();
  };
  return { folders, servers, browser, visit: (name, act, options) => visit(browser, servers, name, act, options), open: (name, before) => openFirst(browser, servers, name, before), close };
}

/** Opens a page in a browser of its own state, with the options of Playwright's contexts and scripts to begin with, and does something there. */
async function visit(browser, servers, name, act, { scripts = [], isEarly = false, ...options } = {}) {
  const { site = "sample", path, act: first, rest, leadsTo } = PAGES[name];
  const server = servers[site];
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  try {
    for (const content of scripts) await context.addInitScript({ content });
    const page = await context.newPage();
    // A browser stays where it is when the answer is that there is nothing to show.
    if (leadsTo) await page.route((url) => url.pathname === leadsTo, (route) => route.fulfill({ status: 204 }));
    const response = await page.goto(server.address + path);
    assert.equal(response.status(), name.endsWith("not-found") ? 404 : 200);
    await first?.(page);
    if (!isEarly) await rest?.(page);
    await act(page, context);
    assert.equal(new URL(page.url()).pathname, path.split("?")[0], "the page is still there");
  } finally {
    await context.close();
  }
}

/** Opens a page for the first time, and nothing more; `before` gets the empty window, and what it gives is waited for. */
async function openFirst(browser, servers, name, before) {
  const { site = "sample", path } = PAGES[name];
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(PATIENCE);
  try {
    const page = await context.newPage();
    const wait = await before(page, context);
    await page.goto(servers[site].address + path);
    await wait();
  } finally {
    await context.close();
  }
}

/** Lets the letters of a page be twice as large, as readers set it in their browser. */
export async function enlarge(page, context) {
  const client = await context.newCDPSession(page);
  await client.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
  await page.waitForFunction(() => parseFloat(getComputedStyle(document.documentElement).fontSize) >= 32);
}
