// Lighthouse gives its hundred points for accessibility, best practices and SEO on a phone, and finds nothing that would
// slow a page down. Its points for speed depend on how busy this machine is: they are printed, and what they are made of
// that does not depend on it is held here.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import lighthouse from "lighthouse";
import { readers } from "./pages.mjs";
import { KINDS } from "./site.mjs";

const FULL = ["accessibility", "best-practices", "seo"];
/** Audits of speed that look at what is sent and not at how long it takes. */
const STEADY = [
  "dom-size", "duplicated-javascript", "efficient-animated-content", "font-display", "legacy-javascript", "modern-image-formats", "no-document-write",
  "offscreen-images", "redirects", "unminified-css", "unminified-javascript", "unsized-images", "unused-css-rules", "unused-javascript", "uses-long-cache-ttl",
  "uses-optimized-images", "uses-passive-event-listeners", "uses-responsive-images", "uses-text-compression", "viewport-insight",
];
const MOST_BYTES = 25 * 1024;

describe("Lighthouse", () => {
  let reading;
  let port;
  before(async () => {
    port = await freePort();
    reading = await readers([`--remote-debugging-port=${port}`]);
  });
  after(() => reading?.close());

  for (const kind of ["home", "article", "agenda", "tag", "search"]) {
    test(kind, async (context) => {
      const { lhr } = await lighthouse(reading.servers.sample.address + KINDS[kind], { port, output: "json", logLevel: "error", formFactor: "mobile" });
      assert.equal(lhr.runtimeError, undefined);
      const points = Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, score]));
      const [paint, blocked] = ["largest-contentful-paint", "total-blocking-time"].map((id) => Math.round(lhr.audits[id].numericValue));
      context.diagnostic(`${kind}: ${Math.round(points.performance * 100)} points for speed; largest contentful paint ${paint} ms, blocked ${blocked} ms`);
      for (const category of FULL) {
        const lacking = lhr.categories[category].auditRefs.map(({ id }) => lhr.audits[id]).filter(({ score, scoreDisplayMode }) => score !== null && score < 1 && scoreDisplayMode !== "informative");
        assert.equal(points[category], 1, `${category}: ${lacking.map(({ title }) => title).join("; ")}`);
      }
      for (const id of STEADY) {
        const { score, scoreDisplayMode, title, details } = lhr.audits[id];
        assert.ok(score === 1 || scoreDisplayMode === "notApplicable", `${title}: ${JSON.stringify(details?.items)}`);
      }
      assert.equal(lhr.audits["cumulative-layout-shift"].numericValue, 0);
      assert.ok(lhr.audits["total-byte-weight"].numericValue <= MOST_BYTES, `${lhr.audits["total-byte-weight"].numericValue} bytes`);
      // A page without its style sheet is not one that anybody should see, nor one that is light and then dark.
      const blocking = lhr.audits["render-blocking-resources"].details.items.map(({ url }) => new URL(url).pathname);
      assert.ok(blocking.every((path) => /^\/assets\/(site\.[0-9a-f]+\.css|scheme\.[0-9a-f]+\.js)$/.test(path)) && blocking.length <= 2, blocking.join());
    });
  }

  function freePort() {
    return new Promise((resolve, reject) => {
      const server = createServer().once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address();
        server.close(() => resolve(port));
      });
    });
  }
});
