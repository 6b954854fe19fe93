// Pictures of every kind of page and of the search, to be looked at: `npm run screenshots -- FOLDER` writes phone and
// laptop, light and dark, and what is printed. `npm run screenshots -- FOLDER search` writes those of the search alone.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { KINDS, build, open } from "./site.mjs";
import { serve } from "./server.mjs";

const FIELD = "input[name=q]";
const asked = (question) => `${KINDS.search}?q=${encodeURIComponent(question)}`;
const types = (question) => async (page) => {
  await page.locator(FIELD).fill(question);
  await page.locator(".search-panel").waitFor();
};
const answered = (page) => page.locator("#gp-answers :is(.card, .search-note)").first().waitFor();

/** What readers meet who search: where they are, what they do, and what happens to the network. */
const SEARCHES = {
  typed: { path: KINDS.article, act: types("interview") },
  chosen: { path: KINDS.article, act: async (page) => (await types("how do I prepare for an interview")(page), await page.keyboard.press("ArrowDown")) },
  "typed-at-home": { path: KINDS.home, act: types("thank you") },
  "typed-misspelt": { path: KINDS.article, act: types("negotiate sallary") },
  "typed-nothing": { path: KINDS.article, act: types("xqzwvk") },
  "typed-offline": { path: KINDS.article, fault: "offline", act: types("salary") },
  "typed-slow": { path: KINDS.article, fault: "slow", act: types("salary") },
  answers: { path: asked("thank you note"), act: answered },
  "answers-filtered": { path: asked("tag:networking interview"), act: answered },
  "answers-misspelt": { path: asked("how to prepare for an interveiw"), act: answered },
  "answers-phrase": { path: asked('"phone screen"'), act: answered },
  "answers-none": { path: asked("xqzwvk tag:networking"), act: answered },
  "answers-offline": { path: asked("salary"), fault: "offline", act: answered },
  "answers-renewed": { path: asked("salary"), fault: "renewed", act: answered },
  "answers-slow": { path: asked("salary"), fault: "slow", act: answered },
  "without-script": { path: asked("salary"), javaScriptEnabled: false, act: async () => {} },
  "script-missing": { path: asked("salary"), fault: "scriptless", act: (page) => page.locator(".without-script.stays").waitFor() },
};
const FAULTS = {
  offline: { isMissing: (path) => path.endsWith(".bin") },
  renewed: { change: (path, bytes) => (path === "/search/index.bin" ? Buffer.from(bytes).fill(99, 2, 3) : bytes) },
  slow: { hold: (path) => new Promise((resolve) => setTimeout(resolve, path.endsWith(".bin") ? 3000 : 0)) },
  scriptless: { isMissing: (path) => path.includes("search-page") },
};
const DEVICES = { phone: { width: 360, height: 740 }, laptop: { width: 1280, height: 800 } };

const [folder = "screenshots", which] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const server = await serve(build("https://example.org/"));
const whole = { ...server };
const browser = await open();

async function picture(name, path, { act, fault, fullPage, paper = false, ...options }) {
  const page = await browser.newPage(options);
  Object.assign(server, whole, FAULTS[fault]);
  await page.goto(server.address + path);
  await act?.(page);
  if (paper) await page.pdf({ path: join(folder, `${name}.pdf`), format: "Letter" });
  else await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
  await page.close();
}

if (which !== "search") {
  for (const [kind, path] of Object.entries(KINDS)) {
    for (const [device, viewport] of Object.entries(DEVICES)) {
      for (const colorScheme of ["light", "dark"]) await picture(`${kind}-${device}-${colorScheme}`, path, { viewport, colorScheme, fullPage: true });
    }
    await picture(kind, path, { paper: true });
  }
  // The pair that the README shows: the top of the home page on a laptop, and the steps of an agenda on a phone in the dark.
  await picture("readme-laptop", KINDS.home, { viewport: DEVICES.laptop });
  await picture("readme-phone", KINDS.agenda, { viewport: DEVICES.phone, colorScheme: "dark", act: (page) => page.evaluate(() => document.querySelector(".prose h2").scrollIntoView({ behavior: "instant" })) });
}
for (const [name, search] of Object.entries(SEARCHES)) {
  for (const [device, viewport] of Object.entries(DEVICES)) {
    for (const colorScheme of ["light", "dark"]) await picture(`search-${name}-${device}-${colorScheme}`, search.path, { ...search, viewport, colorScheme });
  }
  await picture(`search-${name}-narrow`, search.path, { ...search, viewport: { width: 320, height: 640 } });
}
await picture("search-answers", SEARCHES.answers.path, { act: answered, paper: true });
await picture("search-typed", KINDS.article, { ...SEARCHES.typed, paper: true });
await browser.close();
server.close();
console.log(`pictures are in ${folder}/`);
