// What a host must answer for each address of a site: held against the files, and against what `_headers` asks for.

import { Agent, request } from "node:http";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { filesBelow } from "./servers.mjs";

const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const SUFFIXES = { br: ".br", gzip: ".gz" };
const HIDDEN = /(^|\/)\.(?!well-known\/)|^_(headers|redirects)$/;
/** What `_headers` says of caching is for what never changes; everything else is asked for again. */
const REVALIDATED = "no-cache";

/** What a reader's browser or feed reader must be told a file is. */
const TYPES = {
  html: /^text\/html; charset=utf-8$/,
  css: /^text\/css; charset=utf-8$/,
  js: /^(text|application)\/javascript; charset=utf-8$/,
  xml: /^(text\/xml; charset=utf-8|application\/xml(; charset=utf-8)?)$/,
  txt: /^text\/plain; charset=utf-8$/,
  csv: /^text\/csv; charset=utf-8$/,
  ics: /^text\/calendar; charset=utf-8$/,
  json: /^application\/json(; charset=utf-8)?$/,
  webmanifest: /^application\/manifest\+json(; charset=utf-8)?$/,
  svg: /^image\/svg\+xml(; charset=utf-8)?$/,
  png: /^image\/png$/,
  bin: /^application\/octet-stream$/,
};

/** One answer. `Accept-Encoding` is sent only if it is among the headers. */
export function ask(port, path, { method = "GET", headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers, agent }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, raw: response.rawHeaders, body: Buffer.concat(parts) }));
      response.on("error", reject);
    });
    asked.setTimeout(10_000, () => asked.destroy(new Error(`no answer for ${path}`)));
    asked.on("error", reject);
    asked.end();
  });
}

const encoded = (path) => path.split("/").map(encodeURIComponent).join("/");

/** The rules of `_headers`: [prefix or path, whether it is a prefix, name, value]. */
function readRules(file) {
  const rules = [];
  let at;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line.startsWith("/")) at = line.trim();
    else if (line.trim()) rules.push([at.replace(/\*$/, ""), at.endsWith("*"), ...line.trim().split(/:\s+(.*)/s).slice(0, 2)]);
  }
  return rules;
}

/**
 * Asks a host for everything, and tells what was asked and what was wrong: `{ check: { count, wrong } }`. `folder` is where
 * the site is, `base` the path below which the host has it.
 */
export async function crawl({ port, folder, base, isPrecompressed }) {
  const rules = readRules(join(folder, "_headers"));
  const names = filesBelow(folder);
  const variants = new Set(names.filter((name) => /\.(br|gz)$/.test(name) && names.includes(name.slice(0, -3))));
  const served = names.filter((name) => !HIDDEN.test(name) && !variants.has(name));
  const checks = {};
  const count = (check) => ((checks[check] ??= { count: 0, wrong: [] }), checks[check].count++);
  const insist = (check, is, says) => is || checks[check].wrong.push(says());

  const urlOf = (name) => `${base}/${encoded(name.replace(/(^|\/)index\.html$/, "$1"))}`;
  const asked = (url, name) => rules.filter(([path, isPrefix, rule]) => rule === name && (isPrefix ? url.startsWith(path) : url === path)).at(-1)?.[3];
  const companions = [...new Set(rules.map(([, , name]) => name))].filter((name) => name !== "Cache-Control");
  const secured = (check, url, answer) => {
    for (const name of companions) {
      const got = answer.raw.filter((_, index) => answer.raw[index - 1]?.toLowerCase() === name.toLowerCase() && index % 2 === 1);
      insist(check, got.length === 1 && got[0] === asked(url, name), () => `${url}: ${name} is ${JSON.stringify(got)}`);
    }
  };
  const decoded = ({ headers, body }) => {
    const coding = headers["content-encoding"];
    return coding === "br" ? brotliDecompressSync(body) : coding === "gzip" ? gunzipSync(body) : body;
  };

  async function plain(name) {
    const url = urlOf(name);
    const bytes = readFileSync(join(folder, name));
    const answer = await ask(port, url);
    count("files");
    insist("files", answer.status === 200 && !answer.headers["content-encoding"] && answer.body.equals(bytes), () => `${url}: ${answer.status}, ${answer.headers["content-encoding"]}, ${answer.body.length} of ${bytes.length} bytes`);
    count("types");
    const type = answer.headers["content-type"]?.toLowerCase().replace(/;\s*/, "; ");
    insist("types", TYPES[name.split(".").at(-1).toLowerCase()]?.test(type), () => `${url}: ${type}`);
    count("caching");
    const caching = asked(url, "Cache-Control") ?? REVALIDATED;
    insist("caching", answer.headers["cache-control"] === caching, () => `${url}: ${answer.headers["cache-control"]}`);
    count("policy");
    secured("policy", url, answer);
    count("HEAD");
    const head = await ask(port, url, { method: "HEAD" });
    const same = ["content-type", "cache-control", "etag", "last-modified", "content-length"].filter((header) => head.headers[header] !== answer.headers[header] && !(header === "content-length" && !head.headers[header]));
    insist("HEAD", head.status === 200 && head.body.length === 0 && same.length === 0, () => `${url}: ${head.status}, another ${same}`);
    for (const coding of [undefined, "gzip, deflate, br"]) {
      const headers = coding ? { "Accept-Encoding": coding } : {};
      const first = coding ? await ask(port, url, { headers }) : answer;
      count("304");
      insist("304", first.headers.etag, () => `${url}: no ETag`);
      for (const [header, value] of [["If-None-Match", first.headers.etag], ["If-Modified-Since", first.headers["last-modified"]]]) {
        const again = await ask(port, url, { headers: { ...headers, [header]: value ?? "" } });
        insist("304", again.status === 304 && again.body.length === 0, () => `${url} with ${header}: ${again.status} (${coding})`);
      }
      const changed = await ask(port, url, { headers: { ...headers, "If-None-Match": '"another"' } });
      insist("304", changed.status === 200, () => `${url}: ${changed.status} for another version`);
    }
    await coded(name, url, bytes, answer);
  }

  /** For each coding that a browser may take: the variant beside the text, if there is one; the same text in any case. */
  async function coded(name, url, bytes, first) {
    const has = (coding) => variants.has(name + SUFFIXES[coding]);
    for (const [check, taken, codings] of [["br", "br", ["br"]], ["gzip", "gzip", ["gzip"]], ["both", "gzip, deflate, br", ["br", "gzip"]], ["none", "identity", []]]) {
      count(check);
      const answer = await ask(port, url, { headers: { "Accept-Encoding": taken } });
      const coding = answer.headers["content-encoding"];
      const said = () => `${url}: ${answer.status}, ${coding}, ${answer.headers["content-type"]}, Vary ${answer.headers.vary}, ${answer.body.length} bytes`;
      insist(check, answer.status === 200 && decoded(answer).equals(bytes) && (!coding || codings.includes(coding)), said);
      insist(check, answer.headers["content-type"] === first.headers["content-type"], said);
      insist(check, !answer.headers["content-language"], () => `${url} is in ${answer.headers["content-language"]}`);
      const varies = /(^|,)\s*accept-encoding\s*(,|$)/i.test(answer.headers.vary ?? "");
      insist(check, !(coding || has("br") || has("gzip")) || varies, said);
      const best = codings.find(has);
      if (isPrecompressed && best) insist(check, coding === best && answer.body.equals(readFileSync(join(folder, name + SUFFIXES[best]))), said);
      if (/\.(bin|png)$/.test(name)) insist(check, !coding, said);
    }
  }

  async function folder_(name) {
    const url = urlOf(name);
    count("folders");
    const answer = await ask(port, url.slice(0, -1));
    const to = answer.headers.location && new URL(answer.headers.location, `http://127.0.0.1:${port}${url.slice(0, -1)}`);
    insist("folders", [301, 308].includes(answer.status) && to?.href === `http://127.0.0.1:${port}${url}`, () => `${url.slice(0, -1)}: ${answer.status} to ${answer.headers.location}`);
  }

  async function ranges(name) {
    const url = urlOf(name);
    const bytes = readFileSync(join(folder, name));
    const last = bytes.length - 1;
    for (const [range, from, to] of [["0-3", 0, 3], [`${Math.min(5, last)}-${last}`, Math.min(5, last), last], ["-4", last - 3, last]]) {
      for (const headers of [{}, { "Accept-Encoding": "gzip, deflate, br" }]) {
        count("ranges");
        const answer = await ask(port, url, { headers: { Range: `bytes=${range}`, ...headers } });
        const is = answer.status === 206 && answer.headers["content-range"] === `bytes ${from}-${to}/${bytes.length}` && answer.body.equals(bytes.subarray(from, to + 1)) && !answer.headers["content-encoding"];
        insist("ranges", is, () => `${url} ${range}: ${answer.status}, ${answer.headers["content-range"]}`);
      }
    }
  }

  /** A page for an old address: it leads on to one that is there. */
  async function leadsOn(name) {
    const to = /<meta http-equiv="?refresh"? content="0; ?url=([^"]+)"/i.exec(readFileSync(join(folder, name), "utf8"))?.[1];
    if (to === undefined) return;
    count("old");
    const url = new URL(to.replaceAll("&amp;", "&"), `http://127.0.0.1:${port}${urlOf(name)}`);
    const answer = await ask(port, url.pathname);
    insist("old", url.port === String(port) && url.pathname.startsWith(`${base}/`) && answer.status === 200, () => `${urlOf(name)} leads to ${to}: ${answer.status}`);
  }

  const page = readFileSync(join(folder, "404.html"));
  async function missing(check, url) {
    count(check);
    for (const headers of [{}, { "Accept-Encoding": "br" }, { "Accept-Encoding": "gzip" }]) {
      const answer = await ask(port, url, { headers });
      const said = () => `${url}: ${answer.status}, ${answer.headers["content-type"]}, ${answer.headers["content-encoding"]}, ${answer.headers["cache-control"]}, ${answer.body.length} bytes`;
      insist(check, answer.status === 404 && decoded(answer).equals(page), said);
      insist(check, TYPES.html.test(answer.headers["content-type"]?.toLowerCase()) && answer.headers["cache-control"] === REVALIDATED, said);
      secured(check, `${base}/`, answer);
    }
  }

  const work = served.map((name) => () => plain(name));
  work.push(...served.filter((name) => name.endsWith("/index.html")).map((name) => () => folder_(name)));
  work.push(...served.filter((name) => name.endsWith(".bin")).map((name) => () => ranges(name)));
  work.push(...served.filter((name) => name.endsWith(".html")).map((name) => () => leadsOn(name)));
  const nowhere = ["no/such/page/", "no-such.html", "assets/none.css", "search/i/none.bin", "networking/no/", "index.html/more", "networking/thank-you-notes.md", "guidepost.yaml"];
  work.push(...nowhere.map((path) => () => missing("404", `${base}/${path}`)), () => missing("404", "/elsewhere/"));
  const others = [".guidepost/", ".guidepost", "%2eguidepost/manifest", "networking/..%2f.guidepost/manifest", ".well-known/../.guidepost/manifest", ".well-known/%2e%2e/.guidepost/manifest", "/.guidepost/manifest", ".git", "networking/.hidden"];
  const hidden = [...names.filter((name) => HIDDEN.test(name)).map(encoded), ...others];
  work.push(...hidden.map((path) => () => hiddenAt(`${base}/${path}`)));
  async function hiddenAt(url) {
    // A path that is no path may be refused, too.
    const answer = await ask(port, url);
    if (answer.status === 400 && url.includes("%2f")) return void count("hidden");
    await missing("hidden", url);
  }

  // A few at a time, as many as there are connections.
  await Promise.all(Array.from({ length: 16 }, async () => { for (let one; (one = work.pop()); ) await one(); }));
  if (!existsSync(join(folder, ".guidepost/manifest")) || served.length < 100 || (isPrecompressed && variants.size < 100)) throw new Error("this is no site to try a host with");
  return checks;
}
