// What a reader's connection carries: of a page of words at most 25 KB of HTML, CSS and JavaScript in at most six
// requests, as a browser counts them, headers and all. `node --test` prints the figures.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { readers } from "./pages.mjs";

const MOST_BYTES = 25 * 1024;
const MOST_REQUESTS = 6;
const WEIGHED = ["home", "article", "agenda", "tag", "section", "search", "all of Markdown", "barest article"];

describe("a page weighs little", () => {
  let reading;
  before(async () => (reading = await readers()));
  after(() => reading?.close());

  for (const name of WEIGHED) {
    for (const coding of ["br", "gzip"]) {
      test(`${name}, ${coding}`, async (context) => {
        for (const server of Object.values(reading.servers)) server.codings = [coding];
        const requests = await weigh(name);
        const own = requests.filter(({ type }) => /html|css|javascript/.test(type));
        const pictures = requests.filter(({ type, path }) => /^image\//.test(type) && !path.startsWith("/assets/"));
        const bytes = own.reduce((sum, { bytes }) => sum + bytes, 0);
        context.diagnostic(`${name}, ${coding}: ${bytes} bytes in ${requests.length - pictures.length} requests: ${own.map(({ path, bytes }) => `${path} ${bytes}`).join(", ")}`);
        assert.ok(own.length >= 3 && own.every(({ coding: used }) => used === coding), "each is there, and compressed");
        assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
        assert.ok(requests.length - pictures.length <= MOST_REQUESTS, requests.map(({ path }) => path).join("\n"));
        assert.deepEqual(requests.map(({ path }) => path).filter((path) => path.startsWith("/search/i") || /\/(search|search-(box|page|parts)|stem-..)\.[0-9a-f]+\.js$/.test(path)), [], "the search waits for a reader");
      });
    }
  }

  /** Opens a page as somebody who was never here, and tells what it fetched from first to last. */
  async function weigh(name) {
    const requests = new Map();
    await reading.open(name, async (page, context) => {
      const client = await context.newCDPSession(page);
      await client.send("Network.enable");
      // The mark stands in the header and on the tab: what a browser has it does not fetch again.
      const atHand = new Set();
      client.on("Network.requestServedFromCache", ({ requestId }) => atHand.add(requestId));
      client.on("Network.responseReceived", ({ requestId, response }) => {
        if (atHand.has(requestId) || response.fromDiskCache) return;
        const { pathname } = new URL(response.url);
        requests.set(requestId, { path: pathname, type: response.mimeType, coding: Object.entries(response.headers).find(([name]) => /^content-encoding$/i.test(name))?.[1] });
      });
      client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
        const request = requests.get(requestId);
        if (request) request.bytes = encodedDataLength;
      });
      return () => page.waitForLoadState("networkidle");
    });
    return [...requests.values()];
  }
});
