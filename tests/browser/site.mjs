// Building the sample site for a test, and opening a browser to read it.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { install } from "./stand-in/install.mjs";

const repository = resolve(import.meta.dirname, "../..");
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The sample site, built for `base` with the program that tests/run has made. */
export function build(base) {
  const program = process.env.GUIDEPOST ?? join(repository, "target/release/guidepost");
  const folder = mkdtempSync(join(tmpdir(), "guidepost-browser-"));
  execFileSync(program, ["--quiet", "-C", repository, "build", "--output", folder, "--base-url", base], { stdio: "inherit" });
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
