// A reader's browser at each host: pages come under the policy without a complaint, and the search finds something.

import { found } from "../browser/reader.mjs";
import { KINDS } from "../browser/site.mjs";

export async function look(browser, { port, base }) {
  const checks = { browser: { count: 0, wrong: [] } };
  const address = `http://127.0.0.1:${port}${base}`;
  const visits = [
    [KINDS.home, () => {}],
    [KINDS.article, () => {}],
    [`${KINDS.search}?q=interview`, found],
  ];
  for (const [path, act] of visits) {
    checks.browser.count++;
    const context = await browser.newContext();
    const complaints = [];
    try {
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
      page.on("response", (response) => response.status() >= 400 && complaints.push(`${response.url()}: ${response.status()}`));
      const answer = await page.goto(address + path, { waitUntil: "load" });
      if (!answer.headers()["content-security-policy"]) complaints.push("there is no policy");
      await act(page);
      await page.waitForLoadState("networkidle");
    } catch (error) {
      complaints.push(String(error));
    } finally {
      await context.close();
    }
    if (complaints.length > 0) checks.browser.wrong.push(`${base}${path}: ${complaints.join("; ")}`);
  }
  return checks;
}
