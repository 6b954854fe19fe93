// A finished site's folder in the place of a server, for the search module in Node.

import { openSync, readSync, fstatSync, closeSync, existsSync } from "node:fs";
import { join } from "node:path";

/** Where such a site seems to be. */
export const ROOT = "https://site.example/search/index.bin";

/** A `fetch` that reads below `folder`; each file that is read is noted in `log` with how many bytes of it. */
export function fetchFrom(folder, log = []) {
  return async (address, { headers = {} } = {}) => {
    const path = new URL(address).pathname;
    const file = join(folder, path);
    if (!existsSync(file)) return new Response(null, { status: 404 });
    const descriptor = openSync(file);
    const range = /^bytes=(\d+)-(\d+)$/.exec(headers.Range ?? "");
    const { size } = fstatSync(descriptor);
    const [from, to] = range ? [Number(range[1]), Math.min(Number(range[2]) + 1, size)] : [0, size];
    const bytes = new Uint8Array(to - from);
    readSync(descriptor, bytes, 0, bytes.length, from);
    closeSync(descriptor);
    log.push({ path, bytes: bytes.length });
    return new Response(bytes, { status: range ? 206 : 200 });
  };
}
