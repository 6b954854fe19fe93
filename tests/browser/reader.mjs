// A reader in front of a browser, for the tests of the search: opens pages, types, and minds what the browser complains of.

import assert from "node:assert/strict";

export const FIELD = "input[name=q]";
export const OPTION = "[role=option]";
/** What waits for a person waits for tests, too. */
const PATIENCE = 15_000;

/**
 * Opens a page of a server, does something there, and insists that the browser has nothing to complain of but `expected`.
 * Faults that `act` gives the server are gone afterwards.
 */
export async function reading(browser, server, path, act, { expected = /^$/, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  const whole = { ...server };
  try {
    await page.goto(server.address + path);
    await act(page, context);
    assert.deepEqual(complaints.filter((complaint) => !expected.test(complaint)), [], "the browser complains");
  } finally {
    Object.assign(server, whole);
    await context.close();
  }
}

/** Types into the field of a page and waits for what opens below it. */
export async function type(page, text) {
  await page.locator(FIELD).fill(text);
  await page.locator(".search-panel").waitFor({ state: "visible" });
}

/** What the search page has found. */
export const answers = (page) => page.locator("#gp-answers");
/** Waits for the first article that is found. */
export const found = (page) => answers(page).locator(".card h2 a").first().waitFor();
/** Waits until the number of articles is said, and tells it. */
export async function count(page) {
  const text = await answers(page).locator(".count").first().innerText();
  return Number(/[\d,.]+/.exec(text)[0].replace(/\D/g, ""));
}
export const hrefs = (links) => links.evaluateAll((all) => all.map((one) => one.getAttribute("href")));
export const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Insists that something is within the window, and the page no wider. */
export async function fits(page, selector) {
  const box = await page.locator(selector).boundingBox();
  const { width } = page.viewportSize();
  assert.ok(box.x >= 0 && box.x + box.width <= width, `${selector} reaches from ${box.x} to ${box.x + box.width} of ${width}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
}

/** Insists on a contrast of 4.5 between letters and what is behind them (WCAG 2.2, 1.4.3). */
export async function isLegible(page, selector) {
  const worst = await page.locator(selector).evaluateAll((elements) => {
    const parse = (color) => color.match(/[\d.]+/g).map(Number);
    const light = ([r, g, b]) =>
      [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color.length === 3 || color[3] === 1) return color;
      }
      return [255, 255, 255];
    };
    const ratios = elements
      .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
      .map((element) => {
        const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
        return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.className || element.tagName];
      });
    return [ratios.length, ...ratios.sort((a, b) => a[0] - b[0])[0]];
  });
  assert.ok(worst[0] > 5, "there is nothing to read");
  assert.ok(worst[1] >= 4.5, `${worst[2]} has a contrast of ${worst[1].toFixed(2)}`);
}

/** Insists that everything can be hit: 24 px each way (WCAG 2.2, 2.5.8). Links within a sentence need not. */
export async function isHittable(page, selector) {
  const small = await page.locator(selector).evaluateAll((elements) =>
    elements
      .filter((element) => !element.closest("p") && element.getClientRects().length > 0)
      .map((element) => [element.getBoundingClientRect(), element.textContent])
      .filter(([box]) => box.height < 24 || box.width < 24)
      .map(([box, text]) => `${text}: ${box.width} × ${box.height}`),
  );
  assert.deepEqual(small, []);
}
