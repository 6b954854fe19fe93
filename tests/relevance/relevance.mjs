// How good the answers are: a collection of texts, questions and judgements as a Guidepost site, asked through the finished
// index and the browser's own module.
//
//   node tests/relevance/relevance.mjs COLLECTION [--typos SEED] [--traffic "two words"]
//
// COLLECTION has `corpus.jsonl` ({ _id, title, text }), `queries.jsonl` ({ _id, text }) and `qrels.tsv` (query, text, score,
// with a line of titles). Prints nDCG@10 of the questions as they are and with one mistake in one word of each.
// GUIDEPOST names the program; otherwise it is the release build.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { open } from "../../themes/default/assets/search.js";
import { ROOT, fetchFrom } from "../search/folder.mjs";

const repository = resolve(import.meta.dirname, "../..");

const lines = (folder, file) => readFileSync(join(folder, file), "utf8").split("\n").filter(Boolean);

/** Reads a collection. */
export function read(folder) {
  const corpus = lines(folder, "corpus.jsonl").map((line) => JSON.parse(line));
  const judged = new Map();
  for (const line of lines(folder, "qrels.tsv").slice(1)) {
    const [query, text, score] = line.split("\t");
    if (!judged.has(query)) judged.set(query, new Map());
    judged.get(query).set(text, Number(score));
  }
  const queries = lines(folder, "queries.jsonl").map((line) => JSON.parse(line));
  return { corpus, judged, queries: queries.filter(({ _id }) => judged.has(String(_id))) };
}

/** Builds the texts as a site; returns the folder that it is published in. */
export function build(corpus) {
  const site = mkdtempSync(join(tmpdir(), "guidepost-relevance-"));
  mkdirSync(join(site, "content"));
  writeFileSync(join(site, "guidepost.yaml"), "title: Relevance\nbase_url: https://site.example/\n");
  corpus.forEach(({ title, text }, number) => {
    const name = (title || text.slice(0, 60) || "Untitled").replace(/\s+/g, " ").replace(/ \.$/, "");
    const body = text.replace(/[!-/:-@[-`{-~]/g, "\\$&");
    const article = `---\ntitle: ${JSON.stringify(name)}\npermalink: /${number}/\n---\n\n${body}\n`;
    writeFileSync(join(site, "content", `text-${number}.md`), article);
  });
  const program = process.env.GUIDEPOST ?? join(repository, "target/release/guidepost");
  execFileSync(program, ["--quiet", "-C", site, "build"], { stdio: "inherit" });
  return { site, folder: join(site, "public") };
}

/** The normalised discounted gain of the ten best (https://en.wikipedia.org/wiki/Discounted_cumulative_gain). */
export function gain(found, judged) {
  const sum = (scores) => scores.slice(0, 10).reduce((sum, score, i) => sum + Math.max(score, 0) / Math.log2(i + 2), 0);
  const best = sum([...judged.values()].sort((a, b) => b - a));
  return best > 0 ? sum(found.map((text) => judged.get(text) ?? 0)) / best : null;
}

/** Numbers that look like chance and are the same each time. */
function chance(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The text with one letter of one word of four letters or more left out, doubled by another, replaced or exchanged. */
export function misspell(text, random) {
  const words = Array.from(text.matchAll(/[a-z]{4,}/gi));
  if (words.length === 0) return text;
  const { 0: word, index } = words[random(words.length)];
  const at = random(word.length - 1);
  const letter = "abcdefghijklmnopqrstuvwxyz"[random(26)];
  const [before, after] = [word.slice(0, at), word.slice(at)];
  const wrong = [after.slice(1), letter + after, letter + after.slice(1), after[1] + after[0] + after.slice(2)][random(4)];
  const changed = text.slice(0, index) + before + wrong + text.slice(index + word.length);
  return changed === text ? misspell(text, random) : changed;
}

/** The mean gain of all questions, each changed by `change`. */
export async function measure({ corpus, judged, queries }, folder, change = (text) => text) {
  const search = await open(ROOT, { fetch: fetchFrom(folder) });
  const gains = [];
  for (const { _id, text } of queries) {
    const { results } = await search.query(change(text), { complete: false });
    const found = results.map(({ href }) => String(corpus[Number(new URL(href).pathname.split("/")[1])]._id));
    const one = gain(found, judged.get(String(_id)));
    if (one !== null) gains.push(one);
  }
  return gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
}

/** What a query has a browser fetch. */
async function traffic(folder, text) {
  const log = [];
  const search = await open(ROOT, { fetch: fetchFrom(folder, log) });
  await search.query(text);
  for (const { path, bytes } of log) console.log(`  ${String(bytes).padStart(7)} ${path}`);
  console.log(`  ${log.reduce((sum, { bytes }) => sum + bytes, 0)} bytes in ${log.length} files for “${text}”`);
}

async function main([collection, ...flags]) {
  const flag = (name) => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : undefined);
  const texts = read(collection);
  const { site, folder } = build(texts.corpus);
  try {
    const plain = await measure(texts, folder);
    const random = chance(Number(flag("--typos") ?? 1));
    const misspelt = await measure(texts, folder, (text) => misspell(text, random));
    console.log(`${texts.corpus.length} texts, ${texts.queries.length} questions`);
    console.log(`nDCG@10 ${plain.toFixed(4)}; with a mistake ${misspelt.toFixed(4)} (${((100 * misspelt) / plain).toFixed(1)} %)`);
    if (flag("--traffic")) await traffic(folder, flag("--traffic"));
  } finally {
    rmSync(site, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.slice(2));
