// Puts the stand-in of the search into a built site: its client, an index made from the pages, and the theme's scripts
// under the names by which they fetch each other.

import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export function install(folder, theme) {
  for (const name of readdirSync(theme).filter((name) => name.endsWith(".js"))) copyFileSync(join(theme, name), join(folder, "assets", name));
  copyFileSync(join(import.meta.dirname, "search.js"), join(folder, "assets/search.js"));
  const articles = readdirSync(folder, { recursive: true })
    .filter((path) => path.endsWith("index.html"))
    .map((path) => articleOf(readFileSync(join(folder, path), "utf8")))
    .filter(Boolean);
  mkdirSync(join(folder, "search"), { recursive: true });
  writeFileSync(join(folder, "search/index.gp"), JSON.stringify({ version: 1 }));
  writeFileSync(join(folder, "search/articles.gp"), JSON.stringify(articles));
}

function articleOf(html) {
  if (!html.includes("data-pagefind-body")) return null;
  const one = (pattern) => textOf(html.match(pattern)?.[1] ?? "");
  const main = html.split('<div class="prose">')[1]?.split(/<footer class="article-foot"|<\/article>/)[0] ?? "";
  const href = new URL(html.match(/rel="canonical" href="([^"]+)"/)[1]).pathname;
  const article = {
    title: one(/<h1 [^>]*>(.*?)<\/h1>/s),
    href,
    section: textOf([...html.matchAll(/<li><a href="[^"]*">([^<]*)<\/a><\/li>\s*<li><span aria-current="page">/g)][0]?.[1] ?? ""),
    date: html.match(/article:published_time" content="([^"]+)"/)?.[1] ?? "",
    lead: one(/<p class="lead">(.*?)<\/p>/s),
    tags: [...html.matchAll(/data-pagefind-filter="tag">(.*?)<\/a>/g)].map((match) => textOf(match[1])),
    headings: [...main.matchAll(/<h[23] id="([^"]+)"[^>]*>(.*?)<\/h[23]>/gs)].map((match) => ({ title: textOf(match[2]), href: `${href}#${match[1]}` })),
    text: textOf(main),
  };
  const all = [article.title, article.lead, ...article.tags, article.text].join(" ");
  const folded = all.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  article.words = [...new Set(folded.match(/[\p{L}\p{N}]+/gu))];
  return article;
}

function textOf(html) {
  const signs = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'" };
  return html.replace(/<[^>]*>/g, " ").replace(/&([a-z0-9#]+);/gi, (all, name) => signs[name] ?? all).replace(/\s+/g, " ").trim();
}
