// Agendas and task lists: ticks that stay on the reader's device, one page of paper, a calendar file.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import ICAL from "ical.js";
import { KINDS, build, buildOf, open } from "./site.mjs";
import { serve } from "./server.mjs";
import { fits, hasFocus, isHittable, isLegible, reading } from "./reader.mjs";

const HEAD = "---\ntitle: A talk\ndate: 2026-03-01\nkind: agenda\n---\n\n";
const STEPS = ["(5 min) Thank them", "(10 min) Ask for their path, and [[checklist]]", "(5 min) Ask again", "(5 min) Ask again", "(1 h 5 min) Thank them; write, \\\\ the *same* day"];
const list = (steps) => steps.map((step) => `- [ ] ${step}\n`).join("");
const talk = (steps) => `${HEAD}## Talk\n\n${list(steps)}`;
const CHECKLIST = "---\ntitle: Before you go\n---\n\nTake along:\n\n- [x] a pen\n- [ ] (5 min) of patience\n- [ ] paper\n";

const boxes = (page) => page.locator("main input[data-task]");
const box = (page, words) => page.locator("li.task", { hasText: words }).locator("input");
const ticked = (page) => boxes(page).evaluateAll((all) => all.map((one) => Number(one.checked)).join(""));
const status = (page) => page.locator("#gp-ticks [role=status]");
const clear = (page) => page.locator("#gp-ticks button");

let browser;
let server;
let site;
/** What stands in place of a file of the site. */
let edited = {};

before(async () => {
  site = buildOf({ "talk.md": talk(STEPS), "checklist.md": CHECKLIST, "plain.md": "---\ntitle: Plain\n---\n\nNo task.\n", "advice/index.md": "---\ntitle: Advice\n---\n\n- [ ] Read\n", "advice/one.md": "---\ntitle: One\n---\n\nText.\n" }, "https://example.org/");
  server = await serve(site.folder);
  server.change = (path, bytes) => edited[path] ?? bytes;
  browser = await open();
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** The talk as it is after its author has made these its steps. */
async function withSteps(steps, act) {
  const { folder } = buildOf({ "talk.md": talk(steps), "checklist.md": CHECKLIST }, "https://example.org/");
  edited = { "/talk/index.html": readFileSync(join(folder, "talk/index.html")) };
  try {
    await act();
  } finally {
    edited = {};
  }
}

describe("ticks", () => {
  test("stay when the page is opened again, and tell how far one is", () =>
    reading(browser, server, "/talk/", async (page) => {
      assert.equal(await status(page).innerText(), "Ticks stay on this device.");
      assert.equal(await clear(page).isVisible(), false);
      await box(page, "Ask for their path").check();
      await box(page, "Thank them; write").check();
      assert.equal(await status(page).innerText(), "2 of 5 done.");
      await page.reload();
      assert.equal(await ticked(page), "01001");
      assert.equal(await status(page).innerText(), "2 of 5 done.");
      await box(page, "Thank them; write").uncheck();
      await page.reload();
      assert.equal(await ticked(page), "01000");
    }));

  test("are lost for the step alone whose words change, wherever the others go", () =>
    reading(browser, server, "/talk/", async (page) => {
      await box(page, "Ask for their path").check();
      await boxes(page).nth(3).check();
      await box(page, "Thank them; write").check();
      const [thank, path, again, same, write] = STEPS;
      // Another step first, the order another, a comma and a time put right, a step gone, one in other words.
      await withSteps(["(1 min) Sit down", write.replace("; write,", ". Write"), path.replace("10", "12"), again, same], async () => {
        await page.reload();
        assert.equal(await ticked(page), "01101");
      });
      await withSteps([thank, "Ask for her path", again, same, write], async () => {
        await page.reload();
        assert.equal(await ticked(page), "00011");
      });
    }));

  test("can be cleared with the keyboard, and put back", () =>
    reading(browser, server, "/talk/", async (page) => {
      await boxes(page).first().focus();
      await page.keyboard.press("Space");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      assert.equal(await ticked(page), "11000");
      await clear(page).focus();
      await page.keyboard.press("Enter");
      assert.equal(await ticked(page), "00000");
      assert.equal(await status(page).innerText(), "The ticks are cleared.");
      assert.ok(await hasFocus(clear(page)));
      assert.equal(await clear(page).innerText(), "Put the ticks back");
      await page.keyboard.press("Enter");
      assert.equal(await ticked(page), "11000");
      assert.equal(await status(page).innerText(), "2 of 5 done.");
      await page.keyboard.press("Enter");
      await page.reload();
      assert.equal(await ticked(page), "00000");
      assert.equal(await page.evaluate(() => localStorage.length), 0, "nothing is left behind");
    }));

  test("begin as the author has them, in articles and in the words of a section, too", async () => {
    await reading(browser, server, "/checklist/", async (page) => {
      assert.equal(await ticked(page), "100");
      await box(page, "a pen").uncheck();
      await box(page, "paper").check();
      await page.reload();
      assert.equal(await ticked(page), "001");
      await clear(page).click();
      assert.equal(await ticked(page), "100");
      assert.match(await page.locator("li.task").nth(1).innerText(), /\(5 min\) of patience/);
    });
    await reading(browser, server, "/advice/", async (page) => {
      await boxes(page).first().check();
      await page.reload();
      assert.equal(await ticked(page), "1");
    });
    await reading(browser, server, "/plain/", async (page) => {
      assert.equal(await page.locator("script[src*=ticks]").count(), 0, "a page without tasks loads nothing for them");
    });
  });

  test("are the same in two tabs, and after Back", () =>
    reading(browser, server, "/talk/", async (page, context) => {
      const other = await context.newPage();
      await other.goto(`${server.address}/talk/`);
      await boxes(page).first().check();
      await other.waitForFunction(() => document.querySelector("main input[data-task]").checked);
      await boxes(other).nth(1).check();
      await page.waitForFunction(() => document.querySelectorAll("main input[data-task]")[1].checked);
      assert.equal(await ticked(page), "11000");
      await page.goto(`${server.address}/plain/`);
      await clear(other).click();
      await page.goBack();
      await page.waitForFunction(() => !document.querySelector("main input[data-task]").checked);
      assert.equal(await ticked(page), "00000");
    }));

  for (const [what, damage] of Object.entries({
    "is damaged": () => localStorage.setItem("gp-ticks:/talk/", '{"no'),
    "is of another kind": () => localStorage.setItem("gp-ticks:/talk/", '[null, 7, {"__proto__": 1}]'),
    "is null": () => localStorage.setItem("gp-ticks:/talk/", "null"),
  })) {
    test(`are taken for none where what is kept ${what}`, () =>
      reading(browser, server, "/plain/", async (page) => {
        await page.evaluate(damage);
        await page.goto(`${server.address}/talk/`);
        assert.equal(await ticked(page), "00000");
        await boxes(page).first().check();
        await page.reload();
        assert.equal(await ticked(page), "10000");
      }));
  }

  for (const [what, block] of Object.entries({
    "nothing may be kept": () => Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } }),
    "there is no room": () => (Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }),
  })) {
    test(`can be made where ${what}, and it is said that they go`, () =>
      reading(browser, server, "/plain/", async (page) => {
        await page.addInitScript(block);
        await page.goto(`${server.address}/talk/`);
        await boxes(page).first().check();
        await boxes(page).nth(2).check();
        assert.equal(await ticked(page), "10100");
        assert.equal(await status(page).innerText(), "2 of 5 done. This browser will not keep the ticks.");
        await clear(page).click();
        assert.equal(await ticked(page), "00000");
      }));
  }

  test("can be made without scripts, and nothing promises that they stay", () =>
    reading(browser, server, "/talk/", async (page) => {
      await page.locator("li.task label").first().click();
      assert.equal(await ticked(page), "10000");
      assert.equal(await page.locator("#gp-ticks").isVisible(), false);
      assert.equal(await page.locator("main").getByText("on this device").isVisible(), false);
      await page.locator(".calendar summary").click();
      assert.equal(await page.locator("#gp-calendar").isVisible(), false);
      const link = page.locator(".calendar a");
      assert.equal(await link.getAttribute("href"), "/talk/agenda.ics");
      assert.ok(await link.isVisible());
    }, { javaScriptEnabled: false }));

  test("are made anywhere on a step's line; all of it can be hit, read and seen at 320 px", async () => {
    for (const colorScheme of ["light", "dark"]) {
      await reading(browser, server, "/talk/", async (page) => {
        for (const step of await page.locator("li.task label").all()) {
          const { width, height } = await step.boundingBox();
          assert.ok(height >= 24, `a step is ${height} px high`);
          await step.click({ position: { x: width - 4, y: height - 4 } });
        }
        assert.equal(await ticked(page), "11111");
        await isLegible(page, "main *");
        await isHittable(page, "main :is(button, input, summary)");
        await fits(page, "li.task >> nth=4");
        await page.locator(".calendar summary").click();
        await isHittable(page, "#gp-calendar :is(button, input)");
        await fits(page, "#gp-when");
      }, { viewport: { width: 320, height: 640 }, colorScheme });
    }
  });

  test("move nothing when they come", () =>
    reading(browser, server, "/talk/", async (page) => {
      await boxes(page).first().check();
      await page.evaluate(() => sessionStorage.setItem("waits", "yes"));
      server.hold = async (file) => file.includes("ticks") && new Promise((resolve) => setTimeout(resolve, 300));
      const shift = () => new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.value))).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 300);
      });
      await page.reload();
      await page.waitForFunction(() => document.querySelector("main input[data-task]").checked);
      assert.equal(await page.evaluate(shift), 0);
    }));

  test("cost little", () => {
    for (const name of readdirSync(join(site.folder, "assets")).filter((name) => /^(ticks|calendar)\./.test(name))) {
      const bytes = gzipSync(readFileSync(join(site.folder, "assets", name))).length;
      assert.ok(bytes <= 2048, `${name} has ${bytes} bytes`);
    }
  });
});

describe("the calendar file", () => {
  /** The appointment that another program reads in a file. */
  const appointment = (text) => {
    const calendar = new ICAL.Component(ICAL.parse(text));
    const events = calendar.getAllSubcomponents("vevent");
    assert.equal(events.length, 1);
    return new ICAL.Event(events[0]);
  };
  const text = () => readFileSync(join(site.folder, "talk/agenda.ics"), "utf8");

  test("is an appointment with title, steps, address and length", () => {
    const event = appointment(text());
    assert.equal(event.summary, "A talk");
    assert.equal(event.duration.toSeconds(), 90 * 60);
    assert.equal(event.description, [
      "Talk",
      "[ ] (5 min) Thank them",
      "[ ] (10 min) Ask for their path, and Before you go",
      "[ ] (5 min) Ask again",
      "[ ] (5 min) Ask again",
      "[ ] (1 h 5 min) Thank them; write, \\ the same day",
      "",
      "https://example.org/talk/",
    ].join("\n"));
    assert.equal(event.component.getFirstPropertyValue("url"), "https://example.org/talk/");
    assert.equal(event.startDate.toString(), "2026-03-01T09:00:00");
    assert.equal(event.startDate.zone, ICAL.Timezone.localTimezone, "its time is that of wherever the reader is");
    assert.ok(text().split("\r\n").every((line) => Buffer.byteLength(line) <= 75 && !line.includes("\n")));
  });

  test("of every sample agenda can be read", () => {
    const folder = build("https://example.org/");
    for (const path of ["networking/information-interview-agenda", "interviews/mock-interview-agenda", "offers/offer-call-agenda", "internships/mid-point-check-in", "applications/resume-review-agenda"]) {
      const event = appointment(readFileSync(join(folder, path, "agenda.ics"), "utf8"));
      assert.ok(event.duration.toSeconds() >= 20 * 60 && event.description.endsWith(`https://example.org/${path}/`), path);
    }
  });

  test("begins when the reader says, and is that appointment's own", () =>
    reading(browser, server, "/talk/", async (page) => {
      await page.locator(".calendar summary").click();
      assert.equal(await page.locator(".calendar a").isVisible(), false);
      const saved = [];
      for (const when of ["2026-12-24T18:30", "2026-12-24T18:30", "2027-01-02T08:05"]) {
        await page.getByLabel("Day and time").fill(when);
        const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save for the calendar" }).click()]);
        assert.equal(download.suggestedFilename(), "talk.ics");
        const file = readFileSync(await download.path(), "utf8");
        saved.push(appointment(file));
        assert.ok(file.split("\r\n").every((line) => Buffer.byteLength(line) <= 75 && !line.includes("\n")));
      }
      assert.deepEqual(saved.map((event) => event.startDate.toString()), ["2026-12-24T18:30:00", "2026-12-24T18:30:00", "2027-01-02T08:05:00"]);
      assert.equal(saved[0].uid, saved[1].uid);
      assert.notEqual(saved[0].uid, saved[2].uid);
      assert.equal(saved[0].endDate.toString(), "2026-12-24T20:00:00");
      assert.match(await page.locator("#gp-calendar [role=status]").innerText(), /is saved/);
    }, { acceptDownloads: true }));

  test("is offered as it is when the network fails", () =>
    reading(browser, server, "/talk/", async (page) => {
      await page.locator(".calendar summary").click();
      await page.getByLabel("Day and time").fill("2026-12-24T18:30");
      server.isMissing = (file) => file.endsWith(".ics");
      await page.getByRole("button", { name: "Save for the calendar" }).click();
      await page.locator(".calendar a").waitFor();
      assert.ok(await hasFocus(page.locator(".calendar a")));
    }, { expected: /404/ }));
});

describe("on paper", () => {
  /** The pages of a PDF, counted from its page objects. */
  const pages = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;

  test("every sample agenda is one page, with boxes as they are, times, address and day of review, and nothing else", async () => {
    const sample = await serve(build("https://example.org/"));
    try {
      for (const path of [KINDS.agenda, "/interviews/mock-interview-agenda/", "/offers/offer-call-agenda/", "/internships/mid-point-check-in/", "/applications/resume-review-agenda/"]) {
        await reading(browser, sample, path, async (page) => {
          await boxes(page).nth(1).check();
          for (const format of ["Letter", "A4"]) assert.equal(pages(await page.pdf({ format })), 1, `${path} on ${format}`);
          await page.emulateMedia({ media: "print" });
          for (const hidden of [".site-header", ".breadcrumbs", ".site-footer", ".hint", ".ticks", ".calendar"]) {
            assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
          }
          assert.equal((await ticked(page)).slice(0, 3), "010");
          assert.ok(await page.locator(".step-time").first().isVisible());
          assert.match(await page.locator("p.print-only").innerText(), /^https:\/\/example\.org\/.+20\d\d$/);
        });
      }
    } finally {
      sample.close();
    }
  });

  // Each makes an agenda of so many steps or parts, of which about so many fit. What does not fit must be said; what fits
  // may be called two lines too long, for a reader's fonts may be narrower than those that are reckoned with.
  const sentence = "Ask for the reason behind the answer, and write it down in the words that they have used themselves";
  const SHAPES = {
    "of short steps": [40, (count) => list(Array.from({ length: count }, (_, i) => `(${1 + (i % 9)} min) Ask for reason ${i}`))],
    "of steps in parts": [34, (count) => Array.from({ length: count }, (_, i) => `${i % 4 ? "" : `\n## Part ${i}\n\n`}- [ ] (2 min) ${sentence.slice(0, 40 + (i * 17) % 60)}\n`).join("")],
    "of long steps": [20, (count) => list(Array.from({ length: count }, (_, i) => `(10 min) ${sentence}: ${sentence.slice(0, 20 + (i * 31) % 79)}`))],
    "without times": [40, (count) => `${list(Array.from({ length: count }, (_, i) => `Bring thing ${i}`))}`],
    "of paragraphs and lists": [22, (count) => Array.from({ length: count }, (_, i) => (i % 3 === 0 ? `- ${sentence}\n- Short\n\n` : i % 3 === 1 ? `${sentence}. ${sentence}.\n\n` : `1. One\n2. Two\n\n`)).join("")],
    "of notes, tables and links": [12, (count) => Array.from({ length: count }, (_, i) => (i % 3 === 0 ? `> [!TIP]\n> ${sentence}. ${sentence}.\n\n` : i % 3 === 1 ? `| When | What |\n| - | - |\n| now | ${sentence} |\n| then | little |\n\n` : `See [the page](https://example.com/a/rather/long/address/${i}), [another](https://example.com/${i}).\n\n`)).join("")],
  };

  for (const [shape, [middle, words]] of Object.entries(SHAPES)) {
    test(`an agenda ${shape} is said to be too long when it is`, async () => {
      const counts = Array.from({ length: 2 * Math.ceil(middle / 2) }, (_, i) => Math.floor(middle / 2) + i + 1);
      const name = (count) => `talk-${String(count).padStart(3, "0")}`;
      const articles = Object.fromEntries(counts.map((count) => [`${name(count)}.md`, `${HEAD}${words(count)}`]));
      const made = buildOf(articles, "https://example.org/");
      const said = Object.fromEntries(made.findings("agenda-length").map((finding) => [finding.file ?? finding.place?.file, finding.message]));
      const reckoned = (count, format) => {
        const message = said[`content/${name(count)}.md`] ?? "";
        const found = new RegExp(format === "Letter" ? "(\\d+) lines? too long for a page of Letter" : "(\\d+) (?:lines? too long for a page of|for) A4").exec(message);
        return found ? Number(found[1]) : 0;
      };
      const printed = await serve(made.folder);
      const page = await browser.newPage();
      try {
        for (const format of ["Letter", "A4"]) {
          const isLong = async (count) => {
            await page.goto(`${printed.address}/${name(count)}/`);
            return pages(await page.pdf({ format })) > 1;
          };
          // The first that is too long, by halving.
          let [fits, tooLong] = [0, counts.length - 1];
          assert.ok(!(await isLong(counts[fits])) && (await isLong(counts[tooLong])), `the ladder is too short for ${format}`);
          while (tooLong - fits > 1) {
            const half = (fits + tooLong) >> 1;
            if (await isLong(counts[half])) tooLong = half;
            else fits = half;
          }
          const below = reckoned(counts[fits], format);
          assert.ok(below <= 2, `${counts[fits]} fit on ${format}, and ${below} lines too many are said`);
          assert.ok(reckoned(counts[tooLong], format) > 0, `${counts[tooLong]} do not fit on ${format}, and that is not said`);
        }
      } finally {
        await page.close();
        printed.close();
      }
    });
  }
});
