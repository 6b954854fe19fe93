// What a reader sees: every kind of page, on a phone and a laptop, light and dark, under the production policy.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { KINDS, build, open } from "./site.mjs";
import { serve } from "./server.mjs";

for (const base of ["", "/sub/dir"]) {
  describe(`the sample site at ${base || "the root"}`, () => {
    let browser;
    let server;

    before(async () => {
      server = await serve(build(`https://example.org${base}/`), base);
      browser = await open();
    });

    after(async () => {
      await browser?.close();
      server?.close();
    });

    for (const [kind, path] of Object.entries(KINDS)) {
      for (const width of [320, 1280]) {
        for (const colorScheme of ["light", "dark"]) {
          test(`${kind} at ${width} px, ${colorScheme}`, async () => {
            const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
            const page = await context.newPage();
            const complaints = [];
            page.on("console", (message) => complaints.push(message.text()));
            page.on("pageerror", (error) => complaints.push(String(error)));
            page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
            const response = await page.goto(server.address + path);
            assert.equal(response.status(), kind === "not-found" ? 404 : 200);
            const expected = kind === "not-found" ? complaints.filter((c) => !c.includes("404")) : complaints;
            assert.deepEqual(expected, [], "the browser complains");
            assert.equal(await page.locator("h1").count(), 1);
            assert.ok(await page.locator("h1").isVisible());
            const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
            assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
            const broken = await page.evaluate(async () => {
              const pictures = [...document.images];
              for (const picture of pictures) picture.loading = "eager";
              await Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
              return pictures.filter((picture) => picture.naturalWidth === 0).map((picture) => picture.src);
            });
            assert.deepEqual(broken, [], "pictures do not show");
            const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
            const light = background.match(/\d+/g).slice(0, 3).reduce((sum, n) => sum + Number(n), 0) > 384;
            assert.equal(light, colorScheme === "light", background);
            await context.close();
          });
        }
      }
    }

    test("the keyboard reaches the text first", async () => {
      const page = await browser.newPage();
      await page.goto(server.address + KINDS.article);
      await page.keyboard.press("Tab");
      const skip = page.locator(":focus");
      assert.equal(await skip.getAttribute("href"), "#gp-main");
      assert.ok(await skip.isVisible(), "the skip link shows when it has the focus");
      await page.keyboard.press("Enter");
      assert.equal(new URL(page.url()).hash, "#gp-main");
      await page.close();
    });

    test("contents lead to their headings", async () => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await page.goto(server.address + KINDS.article);
      const link = page.locator(".contents a").last();
      const target = await link.getAttribute("href");
      await link.click();
      assert.ok(await page.locator(target).isVisible());
      assert.equal(new URL(page.url()).hash, target);
      await page.close();
    });

    test("the search form keeps what was typed as text", async () => {
      const page = await browser.newPage();
      await page.goto(server.address + "/");
      await page.locator("input[name=q]").fill("<img src=x onerror=alert(1)>");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\?q=/);
      assert.equal(new URL(page.url()).pathname, `${base}/search/`);
      await page.getByText("Nothing is found for “<img").or(page.locator("#gp-answers h2")).first().waitFor();
      assert.equal(await page.locator("main img").count(), 0);
      await page.close();
    });

    test("an old address leads to the new one", async () => {
      const page = await browser.newPage();
      await page.goto(server.address + "/black-hole/");
      await page.waitForURL(/job-search-black-hole/);
      await page.close();
    });

    test("steps of an agenda can be ticked by their words", async () => {
      const page = await browser.newPage();
      await page.goto(server.address + KINDS.agenda);
      const boxes = page.locator("main input[type=checkbox]");
      assert.ok((await boxes.count()) >= 8);
      await page.locator("li.task label").first().click({ position: { x: 60, y: 8 } });
      assert.ok(await boxes.first().isChecked());
      await page.close();
    });

    test("a printed article has no navigation and an address", async () => {
      const page = await browser.newPage();
      await page.goto(server.address + KINDS.article);
      await page.emulateMedia({ media: "print" });
      for (const hidden of ["nav[aria-label=Main]", "form[role=search]", "nav.breadcrumbs"]) {
        assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
      }
      assert.ok(await page.getByText("https://example.org").first().isVisible());
      const pdf = await page.pdf({ format: "A4" });
      assert.ok(pdf.length > 10_000);
      await page.close();
    });
  });
}
