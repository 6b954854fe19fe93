// Stands for the client of the search while there is none: the same functions over an index in JSON. Never published.

const VERSION = 1;

export class SearchError extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const stem = (word) => (word.length > 4 ? word.replace(/(ies|ing|ed|es|s|y|e)$/u, "") : word);
const wordsOf = (text) => [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({ word: fold(match[0]), from: match.index, to: match.index + match[0].length }));
const STOP = new Set("a an and are as at be by do for from how i in is it my of on or that the this to was what when with you your".split(" "));

export async function open(root, { fetch = globalThis.fetch } = {}) {
  const load = async (address) => {
    let response;
    try {
      response = await fetch(address);
    } catch (error) {
      throw new SearchError("network", String(error));
    }
    if (!response.ok) throw new SearchError("network", `${response.status}`);
    try {
      return await response.json();
    } catch (error) {
      throw new SearchError("damaged", String(error));
    }
  };
  const head = await load(root);
  if (head.version !== VERSION) throw new SearchError("format", `version ${head.version}`);
  const shards = new Map();
  const shard = async (name) => {
    if (!shards.has(name)) shards.set(name, await load(new URL(`${name}.gp`, new URL(root, location.href))));
    return shards.get(name);
  };

  return {
    async query(text, { limit = 10, offset = 0, early = null } = {}) {
      const tags = [...text.matchAll(/(?<!\S)tag:(?:"([^"]*)"|(\S+))/giu)].map((match) => fold(match[1] ?? match[2]));
      const bare = text.replace(/(?<!\S)tag:(?:"[^"]*"|\S+)/giu, " ");
      const phrases = [...bare.matchAll(/"([^"]+)"/gu)].map((match) => fold(match[1]));
      let asked = wordsOf(bare).map((one) => one.word);
      if (asked.some((word) => !STOP.has(word))) asked = asked.filter((word) => !STOP.has(word));
      const articles = await shard("articles");
      const known = new Set(articles.flatMap((article) => article.words));
      let corrected = null;
      const words = asked.map((word) => {
        if (phrases.length || known.has(word) || [...known].some((other) => stem(other) === stem(word) || other.startsWith(word))) return word;
        const near = [...known].filter((other) => word.length >= 4 && distance(word, other) <= (word.length > 7 ? 2 : 1)).sort()[0];
        if (!near) return word;
        corrected = (corrected ?? text).replace(new RegExp(word, "iu"), near);
        return near;
      });
      const fits = (a, b) => stem(a) === stem(b) || (b.length > 2 && a.startsWith(b));
      const idf = (word) => Math.log(1 + articles.length / (1 + articles.filter((a) => a.words.some((other) => fits(other, word))).length));
      const scored = articles
        .filter((article) => tags.every((tag) => article.tags.some((own) => fold(own) === tag)))
        .filter((article) => phrases.every((phrase) => fold(`${article.title} ${article.text}`).includes(phrase)))
        .map((article) => {
          const title = wordsOf(article.title).map((one) => one.word);
          const score = words.reduce((sum, word) => {
            const count = article.words.filter((other) => fits(other, word)).length + (title.some((other) => fits(other, word)) ? 4 : 0);
            return sum + idf(word) * (count > 0 ? 1 + 3 * title.some((other) => fits(other, word)) : 0);
          }, words.length === 0 && tags.length > 0 ? 1 : 0);
          return { article, score };
        })
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score || a.article.href.localeCompare(b.article.href));
      const counts = new Map();
      for (const tag of scored.flatMap(({ article }) => article.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      const mark = (text) => {
        const parts = [];
        let at = 0;
        for (const { word, from, to } of wordsOf(text)) {
          if (!words.some((asked) => fits(word, asked))) continue;
          parts.push({ text: text.slice(at, from), mark: false }, { text: text.slice(from, to), mark: true });
          at = to;
        }
        return [...parts, { text: text.slice(at), mark: false }].filter((part) => part.text);
      };
      const excerpt = (text) => {
        const first = wordsOf(text).find(({ word }) => words.some((asked) => fits(word, asked)))?.from ?? 0;
        const from = first < 80 ? 0 : text.indexOf(" ", first - 80) + 1;
        return { parts: mark(text.slice(from, from + 180)), heading: null };
      };
      const answer = {
        words,
        corrected,
        total: scored.length,
        facets: [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => b.count - a.count || a.tag.localeCompare(b.tag)),
        results: scored.slice(offset, offset + limit).map(({ article }) => ({
          title: mark(article.title),
          href: article.href,
          section: article.section,
          date: article.date,
          lead: article.lead,
          headings: article.headings.filter(({ title }) => wordsOf(title).some(({ word }) => words.some((asked) => fits(word, asked)))).slice(0, 3),
          excerpt: excerpt(article.text),
        })),
      };
      if (early) {
        early({ ...answer, results: answer.results.map((result) => ({ ...result, lead: "", headings: [], excerpt: null })) });
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      return answer;
    },
  };
}

/** How many letters must change, come, go or change places. */
function distance(a, b) {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.length][b.length];
}
