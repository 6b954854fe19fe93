// In Chromium words become the terms, and questions get the answers, that they do in Guidepost itself: the golden files
// below tests/search/, which tests/search/*.test.mjs hold against Node.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { build, buildIn, open, repository } from "./site.mjs";
import { serve } from "./server.mjs";

const golden = (name) => readFileSync(join(repository, "tests/search", name), "utf8");

/** An answer with scores to four digits, which Guidepost prints, and addresses without percent signs, which are for browsers alone. */
const comparable = (answer) =>
  JSON.parse(JSON.stringify(answer), (key, value) => {
    if (key === "score") return Number(value).toFixed(4);
    return key === "href" ? decodeURI(value) : value;
  });

for (const base of ["", "/sub/dir"]) {
  describe(`golden files at ${base || "the root"}`, () => {
    let browser;
    /** Servers to be closed. */
    const servers = [];
    let page;
    let folder;

    before(async () => {
      folder = build(`https://site.example${base}/`);
      browser = await open();
      page = await visit(folder);
    });

    after(async () => {
      await browser?.close();
      for (const server of servers) server.close();
    });

    /** The search page of a site. */
    async function visit(folder) {
      const server = await serve(folder, base);
      servers.push(server);
      const page = await browser.newPage();
      await page.goto(`${server.address}/search/`);
      return page;
    }

    /** Asks each question on the page of a site, and insists on its answer. */
    async function insist(page, site, questions) {
      const found = await page.evaluate(
        async ({ questions, core, root }) => {
          const search = await (await import(core)).open(root);
          const answers = [];
          for (const { query, limit } of questions) answers.push(await search.query(query, { limit }));
          return answers;
        },
        { questions: questions.map(({ query, limit }) => ({ query, limit })), core: script("search", site), root: `${base}/search/index.bin` },
      );
      questions.forEach(({ query, answer }, at) => {
        const fromRoot = JSON.parse(JSON.stringify(answer), (key, value) => (key === "href" ? base + value : value));
        assert.deepEqual(comparable(found[at]), comparable(fromRoot), query);
      });
    }

    /** The address of a script that a site has. */
    function script(name, site = folder) {
      const files = readdirSync(join(site, "assets")).filter((file) => file.startsWith(`${name}.`) && file.endsWith(".js"));
      assert.equal(files.length, 1, name);
      return `${base}/assets/${files[0]}`;
    }

    test("words become the same terms", async () => {
      const lines = golden("words.tsv").split("\n").slice(0, -1).map((line) => line.split("\t"));
      assert.ok(lines.length > 55_000);
      // A language without a stemmer is one of its own.
      const languages = [...new Set(lines.map(([language]) => language))];
      const stemmers = languages.filter((language) => existsSync(join(repository, `themes/default/assets/stem-${language}.js`)));
      const known = readdirSync(join(repository, "themes/default/assets")).flatMap((name) => /^stem-(\w+)\.js$/.exec(name)?.[1] ?? []);
      assert.deepEqual(stemmers.toSorted(), known.toSorted(), "every stemmer is tried");
      const modules = Object.fromEntries(stemmers.map((language) => [language, script(`stem-${language}`)]));
      const wrong = await page.evaluate(
        async ({ lines, modules, core }) => {
          const { terms } = await import(core);
          const stemmers = {};
          for (const [language, address] of Object.entries(modules)) stemmers[language] = await import(address);
          return lines.filter(([language, written, expected]) => {
            const found = terms(JSON.parse(written), stemmers[language] ?? null);
            return found.map(({ term }) => term).join(" ") !== expected;
          });
        },
        { lines, modules, core: script("search") },
      );
      assert.deepEqual(wrong, []);
    });

    test("questions get the same answers", async () => {
      const questions = JSON.parse(golden("queries.json"));
      assert.ok(questions.length > 20);
      await insist(page, folder, questions);
    });

    test("questions in many languages get the same answers", async () => {
      const questions = JSON.parse(golden("multilingual.json"));
      const languages = [...new Set(questions.map(({ language }) => language))];
      assert.deepEqual(languages, ["en", "es", "ja"]);
      for (const language of languages) {
        const site = buildIn(language, `https://site.example${base}/`);
        await insist(await visit(site), site, questions.filter((question) => question.language === language));
      }
    });
  });
}
