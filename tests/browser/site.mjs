// Building the sample site and generated ones for a test, and opening a browser to read them.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { chromium } from "playwright-core";

export const repository = resolve(import.meta.dirname, "../..");
const PROGRAM = process.env.GUIDEPOST ?? join(repository, "target/release/guidepost");
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const temporary = [];
/** Has a folder removed when the tests have ended. */
function goesAtTheEnd(folder) {
  if (temporary.push(folder) === 1) process.once("exit", () => temporary.forEach((folder) => rmSync(folder, { recursive: true })));
}

/** A random number below another, the same on every run. */
function dice() {
  let state = 1;
  return (below) => (state = (state * 48271) % 2147483647) % below;
}

/**
 * A site of so many articles made of English words, common ones more often than rare ones; every fifth speaks of a salary.
 * Some thirty make an index of one file, six hundred one of many.
 */
export function buildMany(count, base) {
  const root = mkdtempSync(join(tmpdir(), "guidepost-browser-source-"));
  mkdirSync(join(root, "content/advice"), { recursive: true });
  writeFileSync(join(root, "guidepost.yaml"), `title: Much advice\nbase_url: ${base}\n`);
  const golden = readFileSync(join(repository, "tests/search/words.tsv"), "utf8");
  const known = Array.from(golden.matchAll(/^en\t"([a-z]{3,12})"/gm), (match) => match[1]).filter((word) => !word.startsWith("salar"));
  const random = dice();
  const word = () => known[(random(known.length) * random(97)) % (1 + random(known.length))];
  const words = (count) => Array.from({ length: count }, word).join(" ");
  for (let number = 0; number < count; number++) {
    const head = [`title: The ${words(2)} ${number}`, `date: 20${10 + (number % 10)}-0${1 + (number % 9)}-1${number % 10}`, `tags: [subject ${number % 7}, way-${number % 3}]`];
    const text = `${words(60)}${number % 5 === 0 ? " and a salary" : ""}.\n\n## About ${words(2)}\n\n${words(90)}.`;
    writeFileSync(join(root, `content/advice/article-${number}.md`), `---\n${head.join("\n")}\n---\n\n${text}\n`);
  }
  const folder = buildFrom(root, base);
  rmSync(root, { recursive: true });
  return folder;
}

/** The site in many languages of tests/search, as one of a language of its own. */
export function buildIn(language, base) {
  const root = mkdtempSync(join(tmpdir(), "guidepost-browser-source-"));
  cpSync(join(repository, "tests/search/multilingual"), root, { recursive: true });
  const settings = join(root, "guidepost.yaml");
  writeFileSync(settings, readFileSync(settings, "utf8").replace("language: en", `language: ${language}`));
  const folder = buildFrom(root, base);
  rmSync(root, { recursive: true });
  return folder;
}

/** The sample site, built for `base` with the program that tests/run has made. */
export function build(base) {
  return buildFrom(repository, base);
}

/** A site of these articles, Markdown by path below content/. What `check` says of them is asked for by `findings`. */
export function buildOf(articles, base) {
  const root = mkdtempSync(join(tmpdir(), "guidepost-browser-source-"));
  goesAtTheEnd(root);
  writeFileSync(join(root, "guidepost.yaml"), `title: A test\nbase_url: ${base}\n`);
  for (const [path, text] of Object.entries(articles)) {
    mkdirSync(dirname(join(root, "content", path)), { recursive: true });
    writeFileSync(join(root, "content", path), text);
  }
  const findings = (code) => {
    const said = spawnSync(PROGRAM, ["-C", root, "check", "--only", code, "--message-format", "json"], { encoding: "utf8" });
    return `${said.stdout}${said.stderr}`.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)).filter((finding) => finding.code === code);
  };
  return { folder: buildFrom(root, base), findings };
}

/** The site with themes of its own. */
export function buildThemed(base) {
  return buildFrom(join(repository, "tests/themed"), base);
}

/** The site in a folder. */
export function buildFrom(root, base) {
  const folder = mkdtempSync(join(tmpdir(), "guidepost-browser-"));
  goesAtTheEnd(folder);
  // The day is that of the golden answers.
  const env = { ...process.env, SOURCE_DATE_EPOCH: "1795348800" };
  execFileSync(PROGRAM, ["--quiet", "-C", root, "build", "--output", folder, "--base-url", base], { stdio: "inherit", env });
  return folder;
}

/** A browser without a window; other arguments than those that every test needs are `more`. */
export function open(more = []) {
  const executablePath = process.env.CHROMIUM ?? CHROMIUM.find((path) => existsSync(path));
  if (!executablePath) throw new Error("there is no Chromium; tests/run installs it");
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...more];
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
  authors: "/authors/",
  author: "/authors/maya-okafor/",
  feeds: "/feeds/",
  search: "/search/",
  "not-found": "/no/such/page/",
};
