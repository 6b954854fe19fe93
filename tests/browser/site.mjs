// Building the sample site for a test, and opening a browser to read it.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { install } from "./stand-in/install.mjs";

const repository = resolve(import.meta.dirname, "../..");
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A site of many articles of made-up words, whose search index is too large for one file; many speak of a salary. */
export function buildLarge(base) {
  const root = mkdtempSync(join(tmpdir(), "guidepost-browser-large-"));
  mkdirSync(join(root, "content/advice"), { recursive: true });
  writeFileSync(join(root, "guidepost.yaml"), `title: Much advice\nbase_url: ${base}\n`);
  let state = 1;
  const random = (below) => (state = (state * 48271) % 2147483647) % below;
  const syllables = "ba ce di fo gu la me ni po ru sa te vi wo xu".split(" ");
  const word = () => Array.from({ length: 2 + random(3) }, () => syllables[random(syllables.length)]).join("");
  for (let number = 0; number < 600; number++) {
    const text = Array.from({ length: 150 }, word).join(" ") + (number % 5 === 0 ? " and a salary." : ".");
    const day = `20${10 + (number % 10)}-0${1 + (number % 9)}-1${number % 10}`;
    writeFileSync(join(root, `content/advice/article-${number}.md`), `---\ntitle: Advice ${word()} ${number}\ndate: ${day}\n---\n\n${text}\n`);
  }
  return buildFrom(root, base);
}

/** The sample site, built for `base` with the program that tests/run has made. */
export function build(base) {
  return buildFrom(repository, base);
}

function buildFrom(root, base) {
  const program = process.env.GUIDEPOST ?? join(repository, "target/release/guidepost");
  const folder = mkdtempSync(join(tmpdir(), "guidepost-browser-"));
  execFileSync(program, ["--quiet", "-C", root, "build", "--output", folder, "--base-url", base], { stdio: "inherit" });
  // The search's own index is not there yet.
  if (!existsSync(join(folder, "search/index.gp"))) install(folder, join(repository, "themes/default/assets"));
  return folder;
}

/** A browser without a window. */
export function open() {
  const executablePath = process.env.CHROMIUM ?? CHROMIUM.find((path) => existsSync(path));
  if (!executablePath) throw new Error("there is no Chromium; tests/run installs it");
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath, args });
}

/** One page of each kind. */
export const KINDS = {
  home: "/",
  "home-2": "/page/2/",
  section: "/networking/",
  article: "/networking/turndown-to-networking-opportunity/",
  agenda: "/networking/information-interview-agenda/",
  tip: "/networking/thank-you-notes/",
  code: "/interviews/technical-and-case-interviews/",
  table: "/offers/compare-two-offers/",
  tag: "/tags/networking/",
  tags: "/tags/",
  "a-z": "/a-z/",
  feeds: "/feeds/",
  search: "/search/",
  "not-found": "/no/such/page/",
};
