// The tables of old addresses that an import writes for nginx and Apache, read by those servers.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./crawl.mjs";
import { start } from "./servers.mjs";

const BLOG = "https://old.example/blog";
const NEW = "https://new.example/advice/";
/** What slugs and categories look like in blogs: other scripts, long ones, capitals, punctuation, and what means something in settings. */
const SLUGS = [
  "thank-you", "Thank-You", "%e6%b1%82%e8%81%8c%e4%bf%a1", "r%c3%a9sum%c3%a9", "c%2b%2b", "what?-now", "50%25-off", "a.b", "a_b", "x(1)", "x[2]", "{y}", "one|two",
  "costs-$100", "$uri", "q\"uote", "it's", "back\\slash", "two%20words", "plus+plus", "semi;colon", "hash%23tag", "~tilde", "default", "caret^", "star*", "a&b", "p=12", "%{HTTP_HOST}", "include",
  "%e6%b1%82".repeat(66), "long-".repeat(38),
];

/** An export of a blog below a path, with an article for each slug, and files that differ in case alone. */
function blog() {
  const item = (id, path, type, rest) => `<item><title><![CDATA[Item ${id}]]></title><link><![CDATA[${BLOG}${path}]]></link><dc:creator><![CDATA[maya]]></dc:creator>
    <content:encoded><![CDATA[Words of item ${id}.]]></content:encoded><wp:post_id>${id}</wp:post_id><wp:post_date><![CDATA[2015-03-04 10:00:00]]></wp:post_date>
    <wp:post_type><![CDATA[${type}]]></wp:post_type>${rest}</item>`;
  const posts = SLUGS.map((slug, index) => item(index + 10, `/2015/03/04/${slug}/`, "post", `<wp:status>publish</wp:status><wp:post_name><![CDATA[${slug}]]></wp:post_name><category domain="category" nicename="net-${index % 3}"><![CDATA[Net ${index % 3}]]></category>`));
  const files = ["IMG_1.jpg", "img_1.jpg"].map((name, index) => item(900 + index, `/2015/03/04/thank-you/${name.slice(0, -4)}/`, "attachment", `<wp:status>inherit</wp:status><wp:post_parent>10</wp:post_parent><wp:attachment_url><![CDATA[${BLOG}/wp-content/uploads/2015/03/${name}]]></wp:attachment_url>`));
  return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
    <channel><title>Old blog</title><link>${BLOG}</link><wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://old.example</wp:base_site_url><wp:base_blog_url>${BLOG}</wp:base_blog_url>
    ${posts.join("\n")}${files.join("\n")}</channel></rss>`;
}

/**
 * Imports the blog, and has a server at the old addresses answer by the table that the import wrote for it: each leads to what
 * the table for other hosts says, and that is there. Checks as `crawl` gives them.
 */
export async function moved(host, folder, { program }) {
  const [table, plain] = [host === "nginx" ? "old.conf" : "old.htaccess", "old_redirects"];
  const tables = [table, plain].map((file) => {
    const site = join(folder, file + "-site");
    mkdirSync(site, { recursive: true });
    writeFileSync(join(folder, "export.xml"), blog());
    execFileSync(program, ["--quiet", "-C", site, "import", "wordpress", join(folder, "export.xml"), "--redirects", join(folder, file), "--base-url", NEW], { stdio: ["ignore", "ignore", "inherit"] });
    return readFileSync(join(folder, file), "utf8");
  });
  const site = join(folder, "new");
  execFileSync(program, ["--quiet", "-C", join(folder, `${table}-site`), "build", "--output", site], { stdio: ["ignore", "ignore", "ignore"] });
  const root = join(folder, "old");
  mkdirSync(join(root, "blog"), { recursive: true });
  let server;
  if (host === "nginx") {
    // As the file itself says.
    const lines = [...tables[0].matchAll(/^#   (if .*)$/gm)].map(([, line]) => line);
    if (lines.length !== 2) throw new Error("the table does not say how to use it");
    server = await start(host, folder, { root, base: "", http: `include ${join(folder, table)};`, server: lines.join(" ") });
  } else {
    writeFileSync(join(root, "blog/.htaccess"), tables[0]);
    writeFileSync(join(root, "blog/index.html"), "the old blog");
    server = await start(host, folder, { site: `<VirtualHost *:80>\nDocumentRoot ${root}\n<Directory ${root}>\nRequire all granted\nAllowOverride All\n</Directory>\n</VirtualHost>` });
  }
  const checks = { moved: { count: 0, wrong: [] } };
  const old = new URL(BLOG).pathname;
  try {
    for (const line of tables[1].trim().split("\n")) {
      const [from, ...words] = line.split(" ");
      const query = words[0].startsWith("http") ? "" : `?${words.shift()}`;
      const to = words[0];
      const asked = [from + query];
      // Servers answer with and without the slash, as WordPress did.
      if (!query && from.endsWith("/")) asked.push(from.slice(0, -1));
      for (const path of asked) {
        checks.moved.count++;
        const { status, headers } = await ask(server.port, path);
        if (status !== 301 || headers.location !== to) checks.moved.wrong.push(`${path}: ${status} to ${headers.location}, not ${to}`);
      }
      if (to.startsWith(NEW) && !isThere(site, decodeURIComponent(to.slice(NEW.length)))) checks.moved.wrong.push(`${from} leads to ${to}, where nothing is`);
    }
    for (const path of [`${old}/nothing/`, `${old}/2015/03/04/thank-you/more/`, `${old}/?p=10&x=1`, `${old}/?p=999`]) {
      checks.moved.count++;
      const { status, headers } = await ask(server.port, path);
      if (headers.location) checks.moved.wrong.push(`${path}: ${status} to ${headers.location}`);
    }
  } finally {
    await server.stop();
  }
  if (checks.moved.count < 2 * SLUGS.length) throw new Error(`the import knows ${checks.moved.count} old addresses only`);
  return checks;
}

const isThere = (site, path) => existsSync(join(site, path.endsWith("/") || path === "" ? `${path}index.html` : path));
