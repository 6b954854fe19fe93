// The Nu Html Checker has nothing to say: of every page that is published, of those that scripts have written into, and of
// style sheets and pictures of the theme.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { PAGES, readers } from "./pages.mjs";

const CHECKER = join(dirname(createRequire(import.meta.url).resolve("vnu-jar/package.json")), "build/dist/vnu.jar");
/** What is newer than the checker, both of CSS Overflow 5 (https://drafts.csswg.org/css-overflow-5/#scroll-target-focus); browsers that do not know it pass over it. */
const UNKNOWN_TO_CHECKER = [
  "CSS: “scroll-target-group”: Property “scroll-target-group” doesn't exist.",
  "CSS: Unknown pseudo-element or pseudo-class “:target-current”",
];
/** WAI-ARIA 1.2 lets it name an option of the list that a combobox has in `aria-controls`; the checker asks for what 1.1 did. */
const OPTION_OF_LIST = "Attribute “aria-activedescendant” value should either refer to a descendant element, or should be accompanied by attribute “aria-owns”.";

describe("the Nu Html Checker has nothing to say", () => {
  let reading;
  let folder;
  before(async () => {
    reading = await readers();
    folder = mkdtempSync(join(tmpdir(), "guidepost-html-"));
  });
  after(async () => {
    await reading?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  for (const site of ["sample", "extremes", "barest"]) {
    test(`of the site ${site}`, () => {
      const published = reading.folders[site];
      const files = readdirSync(published, { recursive: true }).filter((name) => /\.(html|css|svg)$/.test(name));
      assert.ok(files.some((name) => name.endsWith(".css")) && files.some((name) => name.endsWith(".svg")) && files.includes("404.html"));
      const messages = check(files.map((name) => join(published, name)));
      for (const known of UNKNOWN_TO_CHECKER) assert.ok(messages.some(({ message }) => message === known), `the checker knows it now: ${known}`);
      assert.deepEqual(messages.filter(({ message }) => !UNKNOWN_TO_CHECKER.includes(message)).map(told), []);
    });
  }

  test("of what scripts have made of a page", async () => {
    const files = [];
    for (const name of Object.keys(PAGES).filter((name) => PAGES[name].act)) {
      await reading.visit(name, async (page) => {
        files.push(join(folder, `${files.length}.html`));
        writeFileSync(files.at(-1), await page.content());
      });
    }
    assert.ok(files.length > 3);
    assert.deepEqual(check(files).filter(({ message }) => message !== OPTION_OF_LIST).map(told), []);
  });

  /** Everything that the checker says of some files. */
  function check(files) {
    const list = ["--format", "json", "--stdout", "--exit-zero-always", "--also-check-css", "--also-check-svg", ...files];
    const { status, error, stdout, stderr } = spawnSync("java", ["-jar", CHECKER, ...list], { encoding: "utf8", maxBuffer: 64 << 20 });
    assert.equal(status, 0, `${error ?? ""} ${stderr}`);
    return JSON.parse(stdout).messages;
  }

  const told = ({ type, subType, message, url, lastLine, extract }) => `${subType ?? type}: ${message} ${url}:${lastLine}: ${extract?.trim()}`;
});
