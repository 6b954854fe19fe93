// The browser's module and Guidepost itself give the same answers, from the same files.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import test, { after } from "node:test";
import { deflateRawSync } from "node:zlib";
import { open, SearchError } from "../../themes/default/assets/search.js";
import { ROOT, fetchFrom } from "./folder.mjs";

const repository = resolve(import.meta.dirname, "../..");
const built = ["release", "debug"].map((kind) => join(repository, "target", kind, "guidepost"));
const program = process.env.GUIDEPOST ?? built.find((path) => existsSync(path));
const environment = { ...process.env, SOURCE_DATE_EPOCH: "1795348800" };
const guidepost = (...flags) => execFileSync(program, flags, { env: environment, encoding: "utf8", maxBuffer: 1 << 26 });
const folder = mkdtempSync(join(tmpdir(), "guidepost-search-"));
after(() => rmSync(folder, { recursive: true }));

/** An answer as Guidepost prints it: addresses from the site's root, scores to four digits. */
function comparable(answer) {
  const text = JSON.stringify(answer, (key, value) => (key === "score" ? Number(value).toFixed(4) : value));
  return JSON.parse(text.replaceAll("https://site.example/", "/"));
}

/** Anchors are percent-encoded for browsers alone. */
const decoded = (answer) => JSON.parse(JSON.stringify(answer), (key, value) => (key === "href" ? decodeURI(value) : value));

test("the sample site answers as Rust does", async () => {
  const output = join(folder, "sample");
  guidepost("-q", "-C", repository, "build", "-o", output, "-u", "https://site.example/");
  const search = await open(ROOT, { fetch: fetchFrom(output) });
  const golden = JSON.parse(readFileSync(new URL("queries.json", import.meta.url), "utf8"));
  assert.ok(golden.length > 20);
  for (const { query, limit, answer } of golden) {
    assert.deepEqual(decoded(comparable(await search.query(query, { limit }))), decoded(answer), query);
  }
  const completed = await search.complete("how to negotia");
  assert.ok(completed.length > 1 && completed.length <= 8 && completed.includes("how to negotiate"), completed.join());
  assert.ok(completed.every((text) => text.startsWith("how to negotia")), completed.join());
  assert.deepEqual(await search.complete("negotiate "), []);
});

test("a site in many languages answers as Rust does", async () => {
  const golden = JSON.parse(readFileSync(new URL("multilingual.json", import.meta.url), "utf8"));
  const opened = {};
  for (const { language, query, limit, answer } of golden) {
    if (!opened[language]) {
      const site = join(folder, `in-${language}`);
      cpSync(new URL("multilingual", import.meta.url), site, { recursive: true });
      const settings = readFileSync(join(site, "guidepost.yaml"), "utf8");
      writeFileSync(join(site, "guidepost.yaml"), settings.replace("language: en", `language: ${language}`));
      guidepost("-q", "-C", site, "build");
      opened[language] = await open(ROOT, { fetch: fetchFrom(join(site, "public")) });
    }
    assert.deepEqual(decoded(comparable(await opened[language].query(query, { limit }))), decoded(answer), `${language}: ${query}`);
  }
  assert.deepEqual(Object.keys(opened), ["en", "es", "ja"]);
  assert.deepEqual(await opened.es.complete("mas informac"), ["mas información", "mas informações"]);
  assert.deepEqual(await opened.es.complete("sobeseda"), []);
  assert.deepEqual(await opened.es.complete("РУССКИ"), ["русский"]);
});

/** A site that is too large for a bundle. */
function large() {
  const site = join(folder, "large");
  mkdirSync(join(site, "content"), { recursive: true });
  writeFileSync(join(site, "guidepost.yaml"), "title: Large\nbase_url: https://site.example/\n");
  let state = 1;
  const draw = (below) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % 65_521 % below;
  const word = () => `w${"abcdefghij"[draw(10)]}${draw(2 ** (1 + draw(13)))}x`;
  const words = (count) => Array.from({ length: count }, word).join(" ");
  for (let i = 0; i < 5000; i++) {
    const text = `---\ntitle: ${words(3)}\ntags: [topic ${i % 7}, all]\n---\n\ncommon ${words(40)}\n\n## ${words(2)}\n\nshared words ${words(120)}\n`;
    writeFileSync(join(site, "content", `a${i}.md`), text);
  }
  guidepost("-q", "-C", site, "build");
  return site;
}

test("a large site answers as Rust does, in files of their own", async () => {
  const site = large();
  const log = [];
  const search = await open(ROOT, { fetch: fetchFrom(join(site, "public"), log) });
  const queries = [
    "wa1x wb2x", "common", "wa100x wzzz common", 'tag:"topic 3" wa1x', 'tag:"topic 3" common', '"shared words" wb2x', "wa1 wc777x wd3x", "tag:nothing wa1x", "tag:all wa1x", "tag:all", "common ".repeat(200), `"${"shared words ".repeat(500)}`,
  ];
  for (const query of queries) {
    const expected = JSON.parse(guidepost("-C", site, "search", "--published", "public", "--format", "json", query));
    const answer = comparable(await search.query(query, { complete: false }));
    if (expected.corrected) expected.corrected = expected.corrected.trim();
    assert.deepEqual(answer, comparable(expected), query);
  }
  assert.ok(log.some(({ path }) => path.includes("/l-")), "a tag needs every article that has it");

  // Whoever wants no excerpts fetches less, and can have them later.
  const bytes = () => log.reduce((sum, { bytes }) => sum + bytes, 0);
  const asked = async (options) => {
    const before = bytes();
    const fresh = await open(ROOT, { fetch: fetchFrom(join(site, "public"), log) });
    return { answer: await fresh.query("shared wb2x", options), bytes: bytes() - before };
  };
  const [whole, bare] = [await asked({}), await asked({ excerpts: 2 })];
  assert.ok(bare.bytes < whole.bytes, `${bare.bytes} of ${whole.bytes}`);
  const late = await Promise.all(bare.answer.results.map(({ more, ...result }) => more?.() ?? result));
  assert.equal(bare.answer.results.filter(({ more }) => more).length, 8);
  assert.deepEqual(comparable({ ...bare.answer, results: late }), comparable(whole.answer));
});

test("what goes wrong is told apart, and asked for again", async () => {
  const output = join(folder, "large", "public");
  const kind = async (work) => assert.rejects(work, (error) => ((kind.last = error.kind), error instanceof SearchError));
  let isUp = true;
  let change = null;
  const real = fetchFrom(output);
  const fetch = async (address, options) => {
    if (!isUp) throw new TypeError("no network");
    const response = await real(address, options);
    return change ? new Response(change(new Uint8Array(await response.arrayBuffer()), address)) : response;
  };
  const search = await open(ROOT, { fetch });
  isUp = false;
  await kind(search.query("wa1x"));
  assert.equal(kind.last, "network");
  isUp = true;
  assert.ok((await search.query("wa1x")).total > 0);
  change = (bytes) => bytes.with(2, 99);
  await kind(open(ROOT, { fetch }));
  assert.equal(kind.last, "format");
  change = (bytes) => bytes.fill(255, 5);
  await kind(open(ROOT, { fetch }));
  assert.equal(kind.last, "damaged");
});

test("what is damaged and can be read all the same is told, too", async () => {
  const output = join(folder, "large", "public");
  const real = fetchFrom(output);
  /** Two texts of JSON as an article's file has them. */
  const piece = (...texts) => Buffer.concat(texts.map((text) => deflateRawSync(text)).flatMap((bytes) => [Buffer.from([bytes.length]), bytes]));
  const sound = '[0,"Title","/a/","","",["tag"],"Lead"]';
  const shapes = [["5", "[]"], ['[0,5,"/a/","","",[],""]', "[]"], ['[9,"","/a/","","",[],""]', "[]"], ['[0,"","/a/","","",[1],""]', "[]"], [sound, "{}"], [sound, '[["",""]]'], [sound, '[["","",[5]]]']];
  for (const [document, passages] of [[sound, '[["","",["wa1x"]]]'], ...shapes]) {
    const fetch = async (address, options) =>
      address.includes("/i/a-") ? new Response(piece(document, passages), { status: 206 }) : real(address, options);
    const search = await open(ROOT, { fetch });
    const asked = search.query('"wa1x"');
    if (document === sound && passages.includes("wa1x")) assert.ok((await asked).total > 0);
    else await assert.rejects(asked, (error) => error instanceof SearchError && error.kind === "damaged", `${document} ${passages}`);
  }
});
