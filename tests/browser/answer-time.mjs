// How long readers wait for an answer. `node answer-time.mjs FOLDER "two words" [--throttle 4] [--runs 5]` serves the folder
// of a site published at the root of a host and asks on its search page, in a fresh browser profile each time: how many files and bytes of
// content are fetched from the touch of the field until results show, in how many round trips (requests that wait for the
// answers to others), and how long it takes from the last byte until results are there. Every answer of the server takes a
// tenth of a second, as on a phone, so that what is asked for at once is seen to be. Not a test.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { open } from "./site.mjs";
import { serve } from "./server.mjs";

const values = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = values.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(values.splice(at, 2)[1]);
};
const throttle = option("throttle", 1);
const runs = option("runs", 5);
const [folder, question] = values;
if (!folder || !question || !(throttle >= 1) || !(runs >= 1)) {
  console.error('usage: node answer-time.mjs FOLDER "two words" [--throttle 4] [--runs 5]');
  process.exit(2);
}

const LATENCY = 100;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const server = await serve(folder);
/** Where the site's search page is: every page's form leads there. */
const searchPage = /<form[^>]*\brole="?search\b[^>]*>/.exec(readFileSync(join(folder, "index.html"), "utf8"))?.[0].match(/\baction="?([^"\s>]+)/)?.[1];
if (!searchPage) throw new Error(`${folder} has no home page with a search`);
server.hold = () => new Promise((resolve) => setTimeout(resolve, LATENCY));
const browser = await open();
const measured = [];
for (let run = 0; run < runs; run++) measured.push(await measure());
await browser.close();
server.close();

const { requests, results } = measured[0];
const waves = Math.max(...requests.map(({ wave }) => wave));
console.log(`${results}; processor ${throttle} times slower; ${runs} runs`);
for (let wave = 1; wave <= waves; wave++) {
  const own = requests.filter((request) => request.wave === wave);
  console.log(`  round trip ${wave}: ${sum(own)}`);
  for (const { path, bytes, range } of own) console.log(`    ${String(bytes).padStart(8)}  ${path}${range ? ` (${range})` : ""}`);
}
for (const [kind, is] of [["scripts", (path) => path.endsWith(".js")], ["index", (path) => path.endsWith(".bin")], ["all", () => true]]) {
  console.log(`  ${kind}: ${sum(requests.filter(({ path }) => is(path)))}`);
}
for (const [words, key] of [["last byte until results show", "afterBytes"], ["touch until results show", "afterTouch"]]) {
  const times = measured.map((one) => one[key]);
  console.log(`  ${words}: ${median(times).toFixed(1)} ms (${times.map((time) => time.toFixed(1)).join(", ")})`);
}

function sum(requests) {
  return `${requests.length} files, ${requests.reduce((sum, { bytes }) => sum + bytes, 0)} bytes`;
}

/** One question on a page that nobody has seen. */
async function measure() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Emulation.setCPUThrottlingRate", { rate: throttle });
  await page.goto(server.address + searchPage);
  await page.waitForLoadState("networkidle");
  server.log.length = 0;
  // Times are those of the browser's own clock, in seconds.
  const requests = new Map();
  client.on("Network.requestWillBeSent", ({ requestId, request, timestamp }) => {
    requests.set(requestId, { path: new URL(request.url).pathname, range: request.headers.Range ?? request.headers.range, from: timestamp, to: Infinity });
  });
  client.on("Network.loadingFinished", ({ requestId, timestamp }) => {
    const request = requests.get(requestId);
    if (request) request.to = timestamp;
  });
  const results = await page.evaluate(
    (question) =>
      new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error("nothing is found")), 60_000);
        const field = document.querySelector("input[name=q]");
        const answers = document.getElementById("gp-answers");
        const touched = performance.now();
        new MutationObserver((changes, observer) => {
          if (!answers.querySelector(".card")) return;
          observer.disconnect();
          const shown = performance.now();
          const last = Math.max(...performance.getEntriesByType("resource").map((entry) => entry.responseEnd));
          resolve({ afterTouch: shown - touched, afterBytes: shown - last, results: answers.querySelector(".count").textContent });
        }).observe(answers, { childList: true, subtree: true });
        // What stands there when the script has come is answered at once.
        field.focus();
        field.value = question;
      }),
    question,
  );
  await page.waitForLoadState("networkidle");
  await context.close();
  const asked = [...requests.values()].filter(({ path, to }) => /\.(js|bin)$/.test(path) && to < Infinity).sort((a, b) => a.from - b.from);
  for (const request of asked) request.bytes = server.log.find(({ path, range }) => path === request.path && range === request.range)?.bytes ?? 0;
  // A request waits for those that were answered before it was sent.
  for (const request of asked) request.wave = 1 + Math.max(0, ...asked.filter(({ to }) => to <= request.from).map(({ wave }) => wave));
  return { ...results, requests: asked };
}
