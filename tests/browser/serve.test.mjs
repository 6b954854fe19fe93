// `guidepost serve` as an author sees it: a file is saved, and the page that is open shows it; a mistake is shown above
// the page until it is mended; a style sheet is swapped without the page's noticing.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { open, repository } from "./site.mjs";

const program = process.env.GUIDEPOST ?? join(repository, "target/release/guidepost");
const ARTICLE = "content/advice/first.md";
const PAGE = "advice/first/";
const PATIENCE = 15_000;

let browser;
before(async () => (browser = await open()));
after(() => {
  // A browser that does not end shall not keep the tests from ending.
  setTimeout(() => process.exit(1), 2 * PATIENCE).unref();
  return browser?.close();
});

/** A site of a few articles, one of them long and one a draft, in a folder of its own, and a theme that can be changed. */
function site() {
  const root = mkdtempSync(join(tmpdir(), "guidepost-serve-"));
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const read = (path) => readFileSync(join(root, path), "utf8");
  const edit = (path, from, to) => write(path, read(path).replace(from, to));
  write("guidepost.yaml", "title: Advice\nbase_url: https://example.org/sub/\ntheme: own\n");
  const long = Array.from({ length: 60 }, (_, n) => `## Part ${n}\n\nWords of part ${n}.\n`).join("\n");
  write(ARTICLE, `---\ntitle: First\ndate: 2026-01-01\n---\n\nThe first words, and [the second](second.md).\n\n${long}`);
  write("content/advice/second.md", "---\ntitle: Second\ndate: 2026-01-02\n---\n\nThe second words.\n");
  write("content/advice/third.md", "---\ntitle: Third\ndate: 2026-01-03\ndraft: true\n---\n\nNot for everybody yet.\n");
  mkdirSync(join(root, "themes/own/assets"), { recursive: true });
  cpSync(join(repository, "themes/default/assets/site.css"), join(root, "themes/own/assets/site.css"));
  return { root, write, read, edit };
}

/** Starts a preview, waits until it says where it is, does something, and stops it. */
async function serving(act, ...flags) {
  const files = site();
  let preview = await start(files.root, ...flags);
  const restart = async () => {
    const { port } = new URL(preview.address);
    await preview.stop();
    preview = await start(files.root, ...flags, "--port", port);
  };
  try {
    await act({ ...files, address: preview.address, said: () => preview.said(), restart });
  } finally {
    await preview.stop();
    rmSync(files.root, { recursive: true, force: true });
  }
}

function start(root, ...flags) {
  const own = flags.includes("--port") ? flags : [...flags, "--port", "0"];
  const child = spawn(program, ["-C", root, "serve", ...own], { env: { ...process.env, SOURCE_DATE_EPOCH: "1795348800" } });
  let said = "";
  return new Promise((resolve, reject) => {
    const ended = new Promise((done) => child.once("exit", done));
    const stop = async () => {
      child.kill("SIGINT");
      return ended;
    };
    const hear = (bytes) => {
      said += bytes;
      const found = /http:\/\/[^\s;]+\//.exec(said);
      if (found) resolve({ address: found[0], stop, said: () => said });
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    ended.then((code) => reject(new Error(`the preview ended with ${code}: ${said}`)));
  });
}

/** Opens pages; what the browser complains of is a failure. */
async function reading(act, { expected = /^$/, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const complaints = [];
  const pages = [];
  const tab = async (address) => {
    const page = await context.newPage();
    pages.push(page);
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(address);
    // A page that was loaded again has lost this.
    await page.evaluate(() => (globalThis.isOld = true));
    return page;
  };
  try {
    await act(tab);
    assert.deepEqual(complaints.filter((complaint) => !expected.test(complaint)), []);
  } finally {
    // A page that is just loading itself again is led away first: a browser may not end it otherwise.
    for (const page of pages) await page.goto("about:blank").catch(() => {});
    await within(PATIENCE, context.close(), "the browser does not close its pages");
  }
}

/** What comes of a promise, if it comes in time. */
function within(milliseconds, promise, complaint) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(complaint)), milliseconds)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const isOld = (page) => within(PATIENCE, page.evaluate(() => globalThis.isOld === true), "a page does not answer");
const text = (page, words) => page.getByText(words).first().waitFor();
const overlay = (page) => page.locator("guidepost-problems .problems-panel");

test("a file that is saved is seen in the page that shows it, where the reader was, and in no other", () =>
  serving(({ address, edit }) =>
    reading(async (tab) => {
      const [first, second] = [await tab(address + PAGE), await tab(address + "advice/second/")];
      await first.evaluate(() => scrollTo(0, 1500));
      edit(ARTICLE, "Words of part 59.", "Entirely new words.");
      // The tab in front is the one that a browser gives its time to.
      await first.bringToFront();
      await text(first, "Entirely new words.");
      assert.equal(await isOld(first), false);
      await first.waitForFunction(() => Math.abs(scrollY - 1500) < 5);
      assert.equal(await isOld(second), true, "a page that is the same was loaded again");
      edit(ARTICLE, "title: First", "title: Premier");
      for (const page of [second, first]) await text(page, "Premier");
    }),
  ));

test("a mistake is shown above the page with its line, and goes when it is mended", () =>
  serving(({ address, edit, said }) =>
    reading(async (tab) => {
      const page = await tab(address + PAGE);
      edit(ARTICLE, "(second.md)", "(nowhere<b>.md)");
      await overlay(page).getByText("nowhere<b>.md").first().waitFor();
      const shown = await overlay(page).innerText();
      assert.match(shown, /content\/advice\/first\.md:6/);
      assert.match(shown, /broken-link/);
      assert.equal(await isOld(page), true, "the last good page stays");
      await text(page, "The first words");
      assert.match(said(), /nowhere/);
      await page.keyboard.press("Escape");
      await overlay(page).waitFor({ state: "hidden" });
      edit(ARTICLE, "(nowhere<b>.md)", "(second.md)");
      edit(ARTICLE, "The first words", "Mended words");
      await text(page, "Mended words");
      assert.equal(await overlay(page).isVisible(), false);
    }),
  ));

test("settings that are broken from the start are told of, and the site comes when they are mended", () =>
  serving(({ address, write, read, restart }) =>
    reading(
      async (tab) => {
        const settings = read("guidepost.yaml");
        write("guidepost.yaml", "title: [\n");
        await restart();
        const page = await tab(address.replace("/sub/", "/"));
        await page.getByText("guidepost.yaml").first().waitFor();
        write("guidepost.yaml", settings);
        await text(page, "Second");
        assert.equal(new URL(page.url()).pathname, "/sub/");
      },
      { expected: /503/ },
    ),
  ));

test("a style sheet is swapped, and the page does not notice", () =>
  serving(({ address, read, write }) =>
    reading(async (tab) => {
      const page = await tab(address + PAGE);
      await page.evaluate(() => scrollTo(0, 800));
      const css = "themes/own/assets/site.css";
      write(css, `${read(css)}\nbody { background: rgb(1, 2, 3) }\n`);
      await page.waitForFunction(() => getComputedStyle(document.body).backgroundColor === "rgb(1, 2, 3)");
      assert.equal(await isOld(page), true, "the page was loaded again");
      assert.equal(await page.evaluate(() => scrollY), 800);
      await page.waitForFunction(() => document.querySelectorAll("link[rel=stylesheet]").length === 1);
    }),
  ));

test("a template that fails is shown with its line, and the last good page stays", () =>
  serving(({ address, root, write }) =>
    reading(async (tab) => {
      const page = await tab(address + PAGE);
      write("themes/own/templates/article.html", "{{ page.title }} {{ nothing.at.all }}\n");
      await overlay(page).getByText("article.html:1").first().waitFor();
      await text(page, "The first words");
      rmSync(join(root, "themes/own/templates/article.html"));
      await overlay(page).waitFor({ state: "hidden" });
    }),
  ));

test("drafts are shown with a badge, here and where they are linked to", () =>
  serving(({ address }) =>
    reading(async (tab) => {
      const draft = await tab(address + "advice/third/");
      await draft.locator("guidepost-badge .badge").getByText(/draft/i).waitFor();
      const list = await tab(address + "advice/");
      await list.locator("guidepost-mark").getByText(/draft/i).first().waitFor();
      assert.equal(await list.locator("guidepost-mark").count(), 1);
    }),
  ));

test("as a build has it, there are no drafts", () =>
  serving(
    ({ address }) =>
      reading(
        async (tab) => {
          const draft = await tab(address + "advice/third/");
          assert.equal(await draft.getByText("Not for everybody yet.").count(), 0);
        },
        { expected: /404/ },
      ),
    "--as-published",
  ));

test("a page that comes to be, moves or goes is followed", () =>
  serving(({ address, root, write }) =>
    reading(
      async (tab) => {
        const page = await tab(address + "advice/new/");
        write("content/advice/new.md", "---\ntitle: New\n---\n\nWords that were not there.\n");
        await text(page, "Words that were not there.");
        await page.evaluate(() => (globalThis.isOld = true));
        renameSync(join(root, "content/advice/new.md"), join(root, "content/advice/newer.md"));
        await page.waitForFunction(() => globalThis.isOld !== true);
        await page.waitForFunction(() => !document.querySelector("h1").textContent.includes("New"));
      },
      { expected: /404/ },
    ),
  ));

test("a preview that is started again is found again, and only what changed is loaded again", () =>
  serving(({ address, edit, restart }) =>
    reading(
      async (tab) => {
        const [first, second] = [await tab(address + PAGE), await tab(address + "advice/second/")];
        await restart();
        edit(ARTICLE, "The first words", "Words after the pause");
        await text(first, "Words after the pause");
        await second.waitForTimeout(500);
        assert.equal(await isOld(second), true);
      },
      { expected: /WebSocket|ERR_CONNECTION/ },
    ),
  ));

test("twenty tabs are kept current", () =>
  serving(({ address, edit }) =>
    reading(async (tab) => {
      const tabs = [];
      for (let number = 0; number < 20; number++) tabs.push(await tab(address + PAGE));
      edit(ARTICLE, "The first words", "Words for twenty");
      for (const page of tabs) await text(page, "Words for twenty");
    }),
  ));

test("the search finds what was saved", () =>
  serving(({ address, edit }) =>
    reading(async (tab) => {
      const page = await tab(address + "search/?q=words");
      await page.locator("#gp-answers .card h2 a").first().waitFor();
      edit(ARTICLE, "The first words", "A rhinoceros");
      const again = await tab(address + "search/?q=rhinoceros");
      await again.locator("#gp-answers .card h2 a").first().waitFor();
      assert.match(await again.locator("#gp-answers").innerText(), /First/);
    }),
  ));

test("what is wrong can be read on a phone, in the dark", () =>
  serving(({ address, edit }) =>
    reading(
      async (tab) => {
        const page = await tab(address + PAGE);
        edit(ARTICLE, "(second.md)", "(nowhere.md)");
        await overlay(page).getByText("nowhere.md").first().waitFor();
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `the page is ${wide} px too wide`);
        if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, "problems-phone-dark.png") });
      },
      { viewport: { width: 360, height: 740 }, colorScheme: "dark" },
    ),
  ));
