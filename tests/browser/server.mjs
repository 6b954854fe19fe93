// A plain static server, as any good host is one: files below a path, index.html for folders, 404.html for the rest, the
// headers that `_headers` asks for, texts compressed, ranges, and no second copy of what a browser has. It can do what hosts
// and connections do at their worst, too.

import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".xml": "application/xml; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".bin": "application/octet-stream",
  ".txt": "text/plain; charset=utf-8",
  ".ics": "text/calendar; charset=utf-8",
};
const COMPRESSED = /\.(html|css|js|svg|xml|json|webmanifest|txt|ics)$/;
/** Milliseconds between the pieces of a file: long enough to be drawn. */
const BETWEEN = 40;
const CODINGS = {
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  gzip: (bytes) => gzipSync(bytes, { level: 9 }),
};

/**
 * Serves `folder` at `http://127.0.0.1:PORT` + `base`, where `base` is "" or "/sub/dir". Faults, each told by the path below
 * `base`: `isMissing` says which files are not there, `change` makes other bytes of a file, `hold` is waited for before an
 * answer, `split` makes pieces of a file that come one by one, `knowsRanges` is whether parts of files can be asked for. `codings` are the ways to compress texts that the host
 * knows, the best first. Requests for files are noted in `log`, with the bytes of their content as it was sent.
 */
export async function serve(folder, base = "") {
  const headers = await readHeaders(join(folder, "_headers"));
  const served = { isMissing: () => false, change: (path, bytes) => bytes, hold: async () => {}, split: () => [], knowsRanges: true, codings: ["br", "gzip"], log: [] };
  const compress = compressor();
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    let status = 200;
    let file = path.startsWith(`${base}/`) ? normalize(path.slice(base.length)) : "/404.html";
    if (file.endsWith("/")) file += "index.html";
    const entry = { path: file, range: request.headers.range, bytes: 0 };
    served.log.push(entry);
    await served.hold(file);
    if (served.isMissing(file) || !(await isFile(join(folder, file)))) {
      status = 404;
      file = "/404.html";
    }
    for (const [prefix, name, value] of headers) {
      if (path.startsWith(prefix)) response.setHeader(name, value);
    }
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
    let bytes = served.change(file, await readFile(join(folder, file)));
    const tag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}"`;
    response.setHeader("ETag", tag);
    if (status === 200 && request.headers["if-none-match"] === tag) {
      response.writeHead(304);
      response.end();
      return;
    }
    const coding = served.codings.find((coding) => new RegExp(`\\b${coding}\\b`).test(request.headers["accept-encoding"] ?? ""));
    const pieces = served.split(file, bytes);
    if (pieces.length > 0) {
      response.writeHead(status);
      for (const piece of pieces) {
        response.write(piece);
        await new Promise((resolve) => setTimeout(resolve, BETWEEN));
      }
      response.end();
      return;
    }
    const range = served.knowsRanges && status === 200 && /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    if (range) {
      const [from, to] = [Number(range[1]), Math.min(Number(range[2]) + 1, bytes.length)];
      status = 206;
      response.setHeader("Content-Range", `bytes ${from}-${to - 1}/${bytes.length}`);
      bytes = bytes.subarray(from, to);
    } else if (COMPRESSED.test(file) && coding) {
      response.setHeader("Content-Encoding", coding);
      response.setHeader("Vary", "Accept-Encoding");
      bytes = compress(coding, tag, bytes);
    }
    entry.bytes = bytes.length;
    response.writeHead(status);
    response.end(bytes);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return Object.assign(served, { address: `http://127.0.0.1:${server.address().port}${base}`, close });
}

/** Compresses each version of a file once, as a host does. */
function compressor() {
  const done = new Map();
  return (coding, tag, bytes) => {
    const key = coding + tag;
    if (!done.has(key)) done.set(key, CODINGS[coding](bytes));
    return done.get(key);
  };
}

/** The lines of a `_headers` file as [path prefix, name, value]. */
async function readHeaders(file) {
  const rules = [];
  let prefix = "/";
  for (const line of (await readFile(file, "utf8")).split("\n")) {
    if (line.startsWith("/")) prefix = line.trim().replace(/\*$/, "");
    else if (line.trim()) rules.push([prefix, ...line.trim().split(/:\s+(.*)/s).slice(0, 2)]);
  }
  return rules;
}

async function isFile(path) {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
