// Real servers, told what the README tells them, asked for every address of a site: at the root and below a path, with what
// `build --precompress` makes and without. The last output is a table; what is wrong stands before it.

import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, repository } from "../browser/site.mjs";
import { look } from "./browser.mjs";
import { crawl } from "./crawl.mjs";
import { moved } from "./moved.mjs";
import { HOSTS, start, versions } from "./servers.mjs";

const program = process.env.GUIDEPOST ?? join(repository, "target/release/guidepost");
/** Somebody who reads the first five knows what is wrong. */
const SHOWN = 5;
const COLUMNS = ["files", "types", "caching", "304", "policy", "HEAD", "folders", "old", "404", "hidden", "ranges", "br", "gzip", "both", "none", "browser", "moved"];

const folder = mkdtempSync(join(tmpdir(), "guidepost-hosts-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
// Servers give up root's rights, and must be able to read.
chmodSync(folder, 0o755);
process.umask(0o022);

/** The sample site, with rules for old addresses, files whose names have to be escaped, and what others keep in such folders. */
function source() {
  const root = join(folder, "site");
  mkdirSync(root);
  for (const name of ["content", "guidepost.yaml"]) cpSync(join(repository, name), join(root, name), { recursive: true });
  appendFileSync(join(root, "content/_redirects"), "/old-feed/ /atom.xml 301\n/category/offers /offers/ 301\n/?p=12 /offers/ 301\n/shop/* https://shop.example.edu/:splat 301\n");
  const words = "Take this along, and read it before you go. ".repeat(20);
  mkdirSync(join(root, "content/handouts"));
  for (const name of ["für Anfänger (1).txt", "100%.csv", "a+b&c=d.txt", "it's #1.txt", "short.txt", "x.json", "drawing.svg"]) writeFileSync(join(root, "content/handouts", name), name === "short.txt" ? "Short." : words);
  return root;
}

/** Builds it into `root` + `base`, and puts there what Guidepost did not write and hosts must, or must not, let out. */
function build(site, root, base, isPrecompressed) {
  const public_ = join(root, base);
  mkdirSync(public_, { recursive: true });
  const flags = ["--output", public_, "--base-url", `https://example.org${base}/`, ...(isPrecompressed ? ["--precompress"] : [])];
  // The day is that of the other tests.
  const env = { ...process.env, SOURCE_DATE_EPOCH: "1795348800" };
  execFileSync(program, ["--quiet", "-C", site, "build", ...flags], { stdio: ["ignore", "inherit", "inherit"], env });
  for (const [path, text] of [[".git/config", "secret"], [".well-known/security.txt", "Contact: mailto:web@example.org\n"], ["networking/.hidden", "secret"]]) {
    mkdirSync(join(public_, path, ".."), { recursive: true });
    writeFileSync(join(public_, path), text);
  }
  return public_;
}

const site = source();
const rows = [];
const note = (host, place, build, checks) => rows.push({ host, place, build, checks });
const browser = await open();
let server;
try {
  for (const [place, base] of [["the root", ""], ["a path", "/advice"]]) {
    for (const isPrecompressed of [false, true]) {
      const kind = isPrecompressed ? "--precompress" : "plain";
      const root = join(folder, `www-${base.slice(1)}-${kind}`);
      const public_ = build(site, root, base, isPrecompressed);
      for (const host of Object.keys(HOSTS)) {
        server = await start(host, join(folder, `${host}-${base.slice(1)}-${kind}`), { root, base, isPrecompressed });
        const checks = await crawl({ port: server.port, folder: public_, base, isPrecompressed });
        note(host, place, kind, { ...checks, ...(await look(browser, { port: server.port, base })) });
        await server.stop();
      }
    }
  }
  for (const host of ["nginx", "apache"]) note(host, "old addresses", "import", await moved(host, join(folder, `${host}-moved`), { program }));
} finally {
  await server?.stop();
  await browser.close();
}

let failures = 0;
for (const { host, place, build, checks } of rows) {
  for (const [check, { wrong }] of Object.entries(checks)) {
    failures += wrong.length;
    for (const one of wrong.slice(0, SHOWN)) console.log(`${host} at ${place}, ${build}, ${check}: ${one}`);
    if (wrong.length > SHOWN) console.log(`  and ${wrong.length - SHOWN} more`);
  }
}
const cells = rows.map(({ host, place, build, checks }) => [host, place, build, ...COLUMNS.map((check) => {
  if (!checks[check]) return "";
  const { count, wrong } = checks[check];
  return wrong.length === 0 ? String(count) : `${count}, ${wrong.length} WRONG`;
})]);
const table = [["", "at", "build", ...COLUMNS], ...cells];
const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
console.log(`\n${versions().join(", ")}; how many addresses were asked, and of which something was wrong`);
for (const row of table) console.log(row.map((cell, column) => (column < 3 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join("  ").trimEnd());
console.log(failures === 0 ? "all right" : `${failures} wrong`);
process.exitCode = failures === 0 ? 0 : 1;
