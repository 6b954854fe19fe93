// Old addresses of a site that has moved here from WordPress: a static host shows its home page or its 404 page for them, and
// the reader gets to the article all the same. Nothing that an address says leads anywhere else.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { buildOf, open } from "./site.mjs";
import { serve } from "./server.mjs";

const ARTICLES = {
  "networking/thank-you.md": "---\ntitle: Thank-you notes\ndate: 2015-03-04\ntags: [networking]\naliases: [/2015/03/slug/, /?p=12, /?tag=caf%C3%A9+talk]\n---\n\nWrite one.\n",
  "offers/salary.md": "---\ntitle: Salary talks\ndate: 2016-05-06\naliases: [/?p=12345]\n---\n\nAsk for more in every offer.\n",
  _redirects: "/2015/03/ / 301\n/feed/ /atom.xml 301\n/topics/feed/ /tags/networking/atom.xml 301\n/topics/ /networking/ 301\n/?page_id=7 /offers/salary/#gp-main 301\n/ cat=3 /offers/ 301\n",
};

for (const base of ["", "/sub/dir"]) {
  describe(`old addresses at ${base || "the root"}`, () => {
    const { folder } = buildOf(ARTICLES, `https://example.org${base}/`);
    const context = {};

    before(async () => {
      context.server = await serve(folder, base);
      context.browser = await open();
    });

    after(async () => {
      await context.browser?.close();
      context.server?.close();
    });

    /** Where a reader ends who opens this address; `asked` are the hosts that were asked on the way. */
    async function end(path) {
      const page = await context.browser.newPage();
      const errors = [];
      const asked = new Set();
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("request", (request) => asked.add(new URL(request.url()).host));
      await page.goto(context.server.address + path, { waitUntil: "load" }).catch((error) => {
        // A page that leads on at once is not waited for.
        if (!/interrupted|ERR_ABORTED/.test(error.message)) throw error;
      });
      // The script asks a few times at the most; when nothing has been asked for a while it has made up its mind.
      await page.waitForLoadState("networkidle");
      const url = new URL(page.url());
      const heading = await page.locator("h1").first().textContent().catch(() => "");
      await page.close();
      assert.deepEqual(errors, []);
      assert.deepEqual([...asked], [new URL(context.server.address).host], "another host was asked");
      return { path: url.pathname.slice(base.length) + url.search + url.hash, heading: heading.trim() };
    }

    const article = "/networking/thank-you/";
    for (const [from, to] of Object.entries({
      "/?p=12": article,
      "/?p=0012": article,
      "/?attachment_id=12": article,
      "/?utm_source=x&p=12": article,
      "/index.php?p=12": article,
      "/?tag=caf%C3%A9+talk": article,
      "/?p=12345": "/offers/salary/",
      "/?p=7": "/offers/salary/#gp-main",
      "/?page_id=7": "/offers/salary/#gp-main",
      "/?cat=3": "/offers/",
      "/2015/03/slug/": article,
      "/2015/03/slug/feed/": article,
      "/2015/03/slug/feed/rss2/": article,
      "/2015/03/slug/comment-page-2/": article,
      "/2015/03/slug/amp": article,
      "/2015/03/slug/embed/": article,
      "/2015/03/slug/trackback/": article,
      "/2015/03/SLUG/": article,
      "/2015/03//slug": article,
      "/index.php/2015/03/slug/": article,
      "/index.php/2015/03/Slug/Feed/": article,
      "/networking/thank-you/comment-page-1/#comment-3": `${article}#comment-3`,
      "/offers/page/3/": "/offers/",
      "/2015/03/04/": "/",
      "/2015/03/page/2/": "/",
    })) {
      test(`${from} leads to ${to}`, async () => assert.equal((await end(from)).path, to));
    }

    test("a feed of before is looked for first", async () => {
      for (const [from, to] of [["/feed/", "/atom.xml"], ["/index.php/topics/feed/", "/tags/networking/atom.xml"], ["/?feed=rss2", "/atom.xml"]]) {
        assert.equal((await end(from)).path, to, from);
      }
    });

    test("words that were searched for are searched for", async () => {
      const page = await context.browser.newPage();
      await page.goto(`${context.server.address}/?s=every+offer`);
      await page.waitForURL(/\/search\/\?q=/);
      assert.equal(await page.locator("main input[name=q], input[name=q]").first().inputValue(), "every offer");
      await page.close();
    });

    for (const path of ["/?p=13", "/?p=999999", "/?cat=12", "/?p=__proto__", "/?__proto__=x", "/?p=//evil.example", "/?p=https://evil.example/", "/?tag=constructor", "/?p=12&p", "/?p=%00", "/?p=-1", "/?p=1e1", "/?q=offer", "/"]) {
      const expected = path === "/?p=12&p" ? article : path;
      test(`${path} ends at ${expected}`, async () => assert.equal((await end(path)).path, expected));
    }

    for (const path of ["/no/such/page/", "/feeds-of-old/feed/", "/2014/01/02/", "/%2F%2Fevil.example/feed/", "/a%5Cb/FEED/", "/index.php//evil.example/feed/"]) {
      test(`${path} is not found`, async () => {
        const there = await end(path);
        assert.equal(there.path, path);
        assert.equal(there.heading, "Page not found");
      });
    }
  });
}

test("a site without old addresses has no script for them", async () => {
  const { folder } = buildOf({ "a.md": "---\ntitle: A\n---\n\nWords.\n" }, "https://example.org/");
  const server = await serve(folder, "");
  for (const path of ["/", "/404.html", "/a/"]) {
    const text = await (await fetch(server.address + path)).text();
    assert.ok(!text.includes("moved."), path);
  }
  assert.equal((await fetch(`${server.address}/old/0.json`)).status, 404);
  server.close();
});
