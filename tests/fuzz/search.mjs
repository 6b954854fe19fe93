// The search in the browser, given files of an index that are damaged: cut off, with other bits, with other numbers, and
// with other words in what is deflated. It answers, or says what is wrong in an error of its own; it neither hangs nor
// takes all memory. `node search.mjs SECONDS [SEED]` tries as many as it can; `node search.mjs --case NUMBER [SEED]` one.

import { fork } from "node:child_process";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { SearchError, open } from "../../themes/default/assets/search.js";

const ROOT = "https://site.example/search/index.bin";
const REPOSITORY = resolve(import.meta.dirname, "../..");
/** No answer of these small sites takes a second, or more memory than Node itself. */
const LONGEST_CASE = 120_000;
const MOST_MEMORY = 600;
const HEADER = 4;

/** Numbers that look random and are the same for a seed (mulberry32). */
function random(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

// What is damaged.

/** Two sites: one whose index is a single file, and one of many files. */
function build(folder) {
  const built = ["release", "debug"].map((kind) => join(REPOSITORY, "target", kind, "guidepost")).filter(existsSync);
  built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const program = process.env.GUIDEPOST ?? built[0];
  const draw = random(7);
  const word = () => `w${"abcdefghij"[draw(10)]}${draw(2 ** (1 + draw(11)))}x`;
  const words = (count) => Array.from({ length: count }, word).join(" ");
  for (const [name, count, length] of [["one", 12, 40], ["many", 1200, 150]]) {
    const site = join(folder, name);
    mkdirSync(join(site, "content"), { recursive: true });
    writeFileSync(join(site, "guidepost.yaml"), "title: T\nbase_url: https://site.example/\nsearch:\n  synonyms: { wage: salary }\n");
    for (let i = 0; i < count; i++) {
      const text = `---\ntitle: ${words(3)}\ndate: 2026-01-02\ntags: [topic ${i % 7}, all]\n---\n\nsalary ${words(length)}\n\n## ${words(2)}\n\n${words(length)}\n`;
      writeFileSync(join(site, "content", `a${i}.md`), text);
    }
    execFileSync(program, ["-q", "-C", site, "build"], { env: { ...process.env, SOURCE_DATE_EPOCH: "1795348800" } });
  }
}

function filesOf(site) {
  const folder = join(site, "public/search");
  const parts = existsSync(join(folder, "i")) ? readdirSync(join(folder, "i")).sort().map((name) => `i/${name}`) : [];
  return new Map(["index.bin", ...parts].map((name) => [`/search/${name}`, readFileSync(join(folder, name))]));
}

/** A number as the files have them: seven bits a byte, the lowest first. */
function number(value) {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Buffer.from([...bytes, value]);
}

const NUMBERS = [0, 1, 2, 127, 128, 255, 16_383, 65_536, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 34];

/** Bytes with something wrong in them. */
function damaged(bytes, draw) {
  let wrong = Buffer.from(bytes);
  for (let times = 1 + draw(3); times > 0; times--) {
    const at = draw(wrong.length + 1);
    const some = Buffer.from(Array.from({ length: 1 + draw(8) }, () => draw(256)));
    const kinds = [
      () => wrong.subarray(0, at),
      () => (at < wrong.length && (wrong[at] ^= 1 << draw(8)), wrong),
      () => (at < wrong.length && (wrong[at] = [0, 127, 128, 255][draw(4)]), wrong),
      () => Buffer.concat([wrong.subarray(0, at), some, wrong.subarray(at)]),
      () => Buffer.concat([wrong.subarray(0, at), wrong.subarray(at + 1 + draw(8))]),
      () => Buffer.concat([wrong.subarray(0, at), number(NUMBERS[draw(NUMBERS.length)]), wrong.subarray(at + 1)]),
      () => Buffer.concat([wrong.subarray(0, at), wrong.subarray(draw(wrong.length + 1))]),
      () => wrong.fill([0, 255, 34][draw(3)], at, at + 1 + draw(32)),
    ];
    wrong = kinds[draw(kinds.length)]();
  }
  return wrong;
}

/** A value of JSON in the place of another, or JSON that is damaged. */
function damagedJson(text, draw) {
  const values = ["null", "[]", "{}", "-1", "0", "1e9", "4294967296", "1e308", '""', '"x"', "true", "[[[]]]", '["__proto__"]'];
  const found = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|\[\]|null/g)];
  if (found.length === 0 || draw(4) === 0) return damaged(Buffer.from(text), draw);
  const { index, 0: old } = found[draw(found.length)];
  return Buffer.from(text.slice(0, index) + values[draw(values.length)] + text.slice(index + old.length));
}

/** Reads a number of the files; returns it, and where it ends. */
function readNumber(bytes, at) {
  let value = 0;
  for (let factor = 1; at < bytes.length; factor *= 128) {
    value += (bytes[at] & 127) * factor;
    if (bytes[at++] < 128) break;
  }
  return [value, at];
}

/** A file with damage in what is deflated in it, so that the next reader gets it. */
function damagedWithin(name, bytes, draw) {
  const deflate = (content) => {
    const packed = deflateRawSync(content);
    return Buffer.concat([number(packed.length), packed]);
  };
  const inflate = (from, to) => inflateRawSync(bytes.subarray(from, to), { finishFlush: 2 });
  if (name.endsWith("index.bin")) {
    const [length, at] = readNumber(bytes, HEADER);
    const head = inflate(at, at + length);
    const [size, from] = readNumber(head, 0);
    const parameters = head.subarray(from, from + size).toString();
    const other = draw(2) === 0 ? damagedJson(parameters, draw) : Buffer.from(parameters);
    const lists = other.equals(Buffer.from(parameters)) ? damaged(head.subarray(from + size), draw) : head.subarray(from + size);
    const rest = bytes.subarray(at + length);
    return Buffer.concat([bytes.subarray(0, HEADER), deflate(Buffer.concat([number(other.length), other, lists])), rest]);
  }
  if (name.startsWith("/search/i/v-")) {
    return Buffer.concat([bytes.subarray(0, HEADER), deflateRawSync(damaged(inflate(HEADER), draw))]);
  }
  if (name.startsWith("/search/i/a-")) {
    const articles = [bytes.subarray(0, HEADER)];
    for (let at = HEADER; at < bytes.length; at = Math.ceil((at - HEADER) / 256) * 256 + HEADER) {
      for (let part = 0; part < 2; part++) {
        const [length, from] = readNumber(bytes, at);
        const text = inflateRawSync(bytes.subarray(from, from + length)).toString();
        articles.push(deflate(draw(3) === 0 ? damagedJson(text, draw) : Buffer.from(text)));
        at = from + length;
      }
      const long = Buffer.concat(articles).length - HEADER;
      articles.push(Buffer.alloc((256 - (long % 256)) % 256));
    }
    return Buffer.concat(articles);
  }
  return damaged(bytes, draw);
}

// What is asked of it.

const QUERIES = ["salary wa1x", "wage", "wb", "tag:all wc2x", 'tag:"topic 3"', '"salary wd1x"', "wa1z wb9q", "we12x wf3x wg1x wh2x", "ä", ""];

/** One case: an index with something wrong, and a query. */
async function run(sites, seed, number) {
  const draw = random(seed * 1_000_003 + number);
  const files = new Map(sites[draw(sites.length)]);
  const names = [...files.keys()];
  for (let times = 1 + draw(2); times > 0; times--) {
    const name = draw(2) === 0 ? names[0] : names[draw(names.length)];
    const within = draw(3) > 0;
    let wrong = files.get(name);
    try {
      wrong = within ? damagedWithin(name, wrong, draw) : damaged(wrong, draw);
    } catch {
      // What was damaged before cannot be taken apart again.
    }
    files.set(name, wrong);
  }
  const knowsRanges = draw(4) > 0;
  const fetch = async (address, { headers = {} } = {}) => {
    const bytes = files.get(new URL(address).pathname);
    if (!bytes) return new Response(null, { status: 404 });
    const range = knowsRanges && /^bytes=(\d+)-(\d+)$/.exec(headers.Range ?? "");
    return new Response(range ? bytes.subarray(Number(range[1]), Number(range[2]) + 1) : bytes, { status: range ? 206 : 200 });
  };
  const fail = (what, error) => new Error(`${what}: ${error?.stack ?? error}`);
  const isOurs = (error) => error instanceof SearchError && ["network", "missing", "format", "damaged"].includes(error.kind);
  let search;
  try {
    search = await open(ROOT, { fetch });
  } catch (error) {
    if (!isOurs(error)) throw fail("opening", error);
    return "refused";
  }
  let answered = "answered";
  for (const query of [QUERIES[draw(QUERIES.length)], QUERIES[draw(QUERIES.length)]]) {
    try {
      const { total, results } = await search.query(query, { limit: 1 + draw(10), complete: draw(2) === 0, excerpts: draw(10) });
      if (!(total >= 0) || !Array.isArray(results)) throw fail(query, `a total of ${total}`);
      const texts = results.flatMap(({ title, excerpt }) => [...title, ...(excerpt?.parts ?? [])]);
      if (texts.some(({ text }) => typeof text !== "string")) throw fail(query, "a text that is none");
      await search.complete(query);
      await Promise.all(results.map(({ more }) => more?.()));
    } catch (error) {
      if (!isOurs(error)) throw fail(query, error);
      answered = "said";
    }
  }
  return answered;
}

async function child(folder, seed, from, only) {
  const sites = ["one", "many"].map((name) => filesOf(join(folder, name)));
  process.on("unhandledRejection", (error) => {
    process.send({ failure: `nobody waits for: ${error?.stack ?? error}` }, () => process.exit(1));
  });
  for (let number = from; only === undefined || number <= only; number++) {
    process.send({ number });
    try {
      const outcome = await run(sites, seed, number);
      const memory = Math.round(process.resourceUsage().maxRSS / 1024);
      if (memory > MOST_MEMORY) throw new Error(`${memory} MB of memory`);
      process.send({ outcome });
    } catch (error) {
      process.send({ failure: String(error?.stack ?? error) }, () => process.exit(1));
      return;
    }
    await new Promise(setImmediate);
  }
}

/** Runs cases in a process of its own, which may die or hang; returns what went wrong, if anything did. */
function attempt(folder, seed, { from = 0, only, until = Infinity }) {
  return new Promise((done) => {
    const counts = { answered: 0, said: 0, refused: 0 };
    let number = from;
    const flags = ["--max-old-space-size=512"];
    const work = fork(import.meta.filename, ["--child", folder, seed, from, only ?? ""], { execArgv: flags });
    const end = (failure) => {
      clearTimeout(timer);
      work.removeAllListeners();
      work.kill("SIGKILL");
      done({ counts, number, failure });
    };
    const late = () => end("it hangs");
    let timer = setTimeout(late, LONGEST_CASE);
    work.on("message", (message) => {
      if (message.failure) return end(message.failure);
      if (message.outcome) counts[message.outcome]++;
      else number = message.number;
      clearTimeout(timer);
      timer = setTimeout(late, LONGEST_CASE);
      if (Date.now() > until) end(null);
    });
    work.on("exit", (code, signal) => end(only === undefined || code !== 0 ? `it died: ${code ?? signal}` : null));
  });
}

if (process.argv[2] === "--child") {
  const [, , , folder, seed, from, only] = process.argv;
  await child(folder, Number(seed), Number(from), only ? Number(only) : undefined);
  process.exit(0);
} else {
  const isOne = process.argv[2] === "--case";
  const [value, seed] = [Number(process.argv[isOne ? 3 : 2] ?? 20), Number(process.argv[isOne ? 4 : 3] ?? 1)];
  const folder = mkdtempSync(join(tmpdir(), "guidepost-search-"));
  try {
    build(folder);
    const asked = isOne ? { from: value, only: value } : { until: Date.now() + value * 1000 };
    const { counts, number, failure } = await attempt(folder, seed, asked);
    const total = counts.answered + counts.said + counts.refused;
    console.log(`${total} cases: ${counts.answered} answered, ${counts.said} told to a query, ${counts.refused} refused when opened`);
    if (failure) {
      console.error(`case ${number} of seed ${seed}: ${failure}\nagain: node tests/fuzz/search.mjs --case ${number} ${seed}`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
