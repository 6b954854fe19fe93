// A plain static server, as any host is one: files below a path, index.html for folders, 404.html for the rest, and the
// headers that `_headers` asks for.

import { createServer } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".xml": "application/xml; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".gp": "application/octet-stream",
  ".txt": "text/plain; charset=utf-8",
};

/** Serves `folder` at `http://127.0.0.1:PORT` + `base`, where `base` is "" or "/sub/dir". */
export async function serve(folder, base = "") {
  const headers = await readHeaders(join(folder, "_headers"));
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    let status = 200;
    let file = path.startsWith(`${base}/`) ? normalize(path.slice(base.length)) : "/404.html";
    if (file.endsWith("/")) file += "index.html";
    if (!(await isFile(join(folder, file)))) {
      status = 404;
      file = "/404.html";
    }
    for (const [prefix, name, value] of headers) {
      if (path.startsWith(prefix)) response.setHeader(name, value);
    }
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
    response.writeHead(status);
    response.end(await readFile(join(folder, file)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}${base}`, close: () => server.close() };
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
