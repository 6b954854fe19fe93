// Nothing moves under a reader's eyes: no page of any kind shifts while it loads over a slow connection, tag by tag or
// file by file, nor while somebody reads to its end and back.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PAGES, readers } from "./pages.mjs";

const WINDOWS = { phone: { width: 320, height: 640 }, laptop: { width: 1280, height: 800 } };
/** How much later than the page and its style sheet everything else arrives, in milliseconds. */
const LATE = 50;

/** Runs in the page: notes what moves, and who. */
function watch() {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      const name = (node) => (node ? `${node.tagName.toLowerCase()}.${node.className}` : "what is gone");
      const place = ({ x, y, width, height }) => `${x},${y} ${width}×${height}`;
      const moved = sources.map(({ node, previousRect, currentRect }) => `${name(node?.nodeType === 1 ? node : node?.parentElement)} from ${place(previousRect)} to ${place(currentRect)}`);
      if (!hadRecentInput) window.shifts.push(`${value.toFixed(4)}: ${moved.join(", ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
}

/** Reads to the end and back, half a window at a time; what comes when it is about to be seen has come before it is. */
async function read(page) {
  const under = new Set();
  page.on("request", (request) => under.add(request));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => under.delete(request));
  const frames = () => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  /** An answer may lead to another request, and then to something to show. */
  const quiet = async () => {
    for (let still = 0; still < 2; still = under.size > 0 ? 0 : still + 1) await frames();
  };
  const { height, step } = await page.evaluate(() => ({ height: document.documentElement.scrollHeight, step: Math.ceil(innerHeight / 2) }));
  const down = Array.from({ length: 1 + Math.ceil(height / step) }, (_, at) => at * step);
  for (const top of [...down, ...down.toReversed()]) {
    await page.evaluate((top) => scrollTo({ top, behavior: "instant" }), top);
    await quiet();
  }
}

describe("nothing moves", () => {
  let reading;
  before(async () => {
    reading = await readers();
    for (const server of Object.values(reading.servers)) server.hold = (path) => new Promise((resolve) => setTimeout(resolve, /\.(html|css)$/.test(path) ? 0 : LATE));
  });
  after(() => reading?.close());

  test("a page that moves is found out", () =>
    reading.visit(
      "article",
      async (page) => {
        await page.evaluate(() => document.querySelector("main").before(document.createElement("br")));
        await page.waitForFunction(() => window.shifts.length > 0);
      },
      { scripts: [`(${watch})()`] },
    ));

  // A browser draws what has come so far: a header of which the menu, or half of it, is still on its way.
  for (const name of ["home", "article", "search"]) {
    for (const [device, viewport] of Object.entries(WINDOWS)) {
      test(`${name} that comes tag by tag, ${device}`, async () => {
        let seen = 0;
        const pieces = (file, bytes) => {
          const [head, ...rest] = bytes.toString().split(/(?=<header)|(?<=<\/header>)/);
          const tags = rest[0].split(/(?<=>)/);
          seen = tags.length;
          return [head, ...tags, ...rest.slice(1)];
        };
        reading.servers.sample.split = (file, bytes) => (file.endsWith(".html") ? pieces(file, bytes) : []);
        try {
          await reading.visit(name, async (page) => assert.deepEqual(await page.evaluate(() => window.shifts), []), { viewport, scripts: [`(${watch})()`], isEarly: true });
        } finally {
          reading.servers.sample.split = () => [];
        }
        assert.ok(seen > 20, `${seen} pieces`);
      });
    }
  }

  for (const name of Object.keys(PAGES)) {
    for (const [device, viewport] of Object.entries(WINDOWS)) {
      test(`${name}, ${device}`, () =>
        reading.visit(
          name,
          async (page) => {
            await read(page);
            assert.deepEqual(await page.evaluate(() => window.shifts), []);
          },
          { viewport, scripts: [`(${watch})()`], isEarly: true },
        ));
    }
  }
});
