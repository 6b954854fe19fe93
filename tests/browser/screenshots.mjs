// Pictures of every kind of page, to be looked at: `npm run screenshots -- FOLDER` writes phone and laptop, light and dark.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { KINDS, build, open } from "./site.mjs";
import { serve } from "./server.mjs";

const folder = process.argv[2] ?? "screenshots";
mkdirSync(folder, { recursive: true });
const server = await serve(build("https://example.org/"));
const browser = await open();
for (const [kind, path] of Object.entries(KINDS)) {
  for (const [device, width] of [["phone", 360], ["laptop", 1280]]) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      await page.goto(server.address + path);
      await page.screenshot({ path: join(folder, `${kind}-${device}-${colorScheme}.png`), fullPage: true });
      await page.close();
    }
  }
  const page = await browser.newPage();
  await page.goto(server.address + path);
  await page.pdf({ path: join(folder, `${kind}.pdf`), format: "Letter" });
  await page.close();
}
// The picture that the README shows: the top of the home page, on a laptop.
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(server.address + "/");
await page.screenshot({ path: join(folder, "readme.png") });
await browser.close();
server.close();
console.log(`pictures are in ${folder}/`);
