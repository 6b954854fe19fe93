// Search without a server: asks the files below `/search/`, in a browser or in Node. Nothing here knows of a page.
//
// What a word is and what an article is worth is the same as in Guidepost itself (`src/search/`); the files are described
// in `src/search/FORMAT.md`.

// Words.

/** Characters that are searched in pairs: Thai, Hangul, Hiragana, Katakana, Han. */
const PAIRED =
  "\\u0e01-\\u0e3a\\u0e40-\\u0e4e\\u1100-\\u11ff\\u3005-\\u3007\\u3021-\\u3029\\u3038-\\u303b\\u3041-\\u3096\\u309d-\\u309f" +
  "\\u30a1-\\u30fa\\u30fc-\\u30ff\\u3131-\\u318e\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua960-\\ua97c\\uac00-\\ud7a3" +
  "\\ud7b0-\\ud7fb\\uf900-\\ufaff\\uff66-\\uffdc\\u{20000}-\\u{323af}";
const LETTER = "[\\p{Alphabetic}\\p{Nd}\\p{Nl}\\p{No}]";
const MARK = `(?![${PAIRED}]|${LETTER})\\p{M}`;
const RUN = new RegExp(`([${PAIRED}](?:[${PAIRED}]|${MARK})*)|(?:(?![${PAIRED}])${LETTER})(?:(?![${PAIRED}])${LETTER}|${MARK})*`, "gu");
const IS_LETTER = new RegExp(LETTER, "u");
const LONGEST_WORD = 64;

/** A word as it is compared: without differences of case, width and marks. */
export function fold(word) {
  if (/^[a-z0-9]*$/.test(word)) return word.slice(0, LONGEST_WORD);
  const letters = [...word.normalize("NFKD").replace(/\p{M}/gu, "")].map((c) => c.toLowerCase()).join("");
  return [...letters].filter((c) => IS_LETTER.test(c)).slice(0, LONGEST_WORD).join("");
}

/** The words of a text: what each is compared by, whether it is a pair, and where it stands. */
export function words(text) {
  const found = [];
  for (const match of text.matchAll(RUN)) {
    const [run, isPaired] = match;
    const from = match.index;
    if (!isPaired) {
      const word = fold(run);
      if (word) found.push({ word, isPair: false, from, to: from + run.length });
      continue;
    }
    const letters = [...run.normalize("NFKC")];
    const written = [...run];
    if (letters.length === 1) found.push({ word: letters[0], isPair: true, from, to: from + run.length });
    let at = from;
    for (let i = 0; i + 1 < letters.length; i++) {
      const isSame = letters.length === written.length;
      const to = isSame ? at + written[i].length + written[i + 1].length : from + run.length;
      found.push({ word: letters[i] + letters[i + 1], isPair: true, from: isSame ? at : from, to });
      if (isSame) at += written[i].length;
    }
  }
  return found;
}

/** The terms of a text for a language's stemmer (`{ stem, stops }`), without the commonest words unless there are no others. */
export function terms(text, language) {
  const all = words(text).map((word) => ({ ...word, term: word.isPair || !language ? word.word : language.stem(word.word) }));
  const telling = all.filter((word) => word.isPair || !language?.stops.has(word.word));
  return telling.length > 0 ? telling : all;
}

// Files.

const VERSION = 1;
const NAME_BYTES = 5;
/** The most postings that stand with a term itself. */
const HEAD = 4096;

/** Why there is no answer: `kind` is "network", "format" (another version made the index) or "damaged". */
export class SearchError extends Error {
  constructor(kind, file, cause) {
    super(`search: ${kind}: ${file}`, { cause });
    this.name = "SearchError";
    this.kind = kind;
  }
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** What stands after the four first bytes of a file, if they are right. */
function content(bytes, kind) {
  if (bytes[0] !== 0x67 || bytes[1] !== 0x70) throw new Error("no file of an index");
  if (bytes[2] !== VERSION) throw new SearchError("format", `version ${bytes[2]}`);
  if (bytes[3] !== kind.charCodeAt(0)) throw new Error("another kind of file");
  return bytes.subarray(4);
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.word = new Uint8Array(0);
    this.decoder = new TextDecoder("utf-8", { fatal: true });
  }
  get isAtEnd() {
    return this.at >= this.bytes.length;
  }
  number() {
    let number = 0;
    for (let factor = 1; factor < 2 ** 35; factor *= 128) {
      const byte = this.take(1)[0];
      number += (byte & 127) * factor;
      if (byte < 128) return number;
    }
    throw new Error("no number");
  }
  take(count) {
    if (this.at + count > this.bytes.length) throw new Error("too short");
    return this.bytes.subarray(this.at, (this.at += count));
  }
  name() {
    return Array.from(this.take(NAME_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  text(count) {
    return this.decoder.decode(this.take(count));
  }
  /** The next word of a list: how much of the one before, how much more, and that. */
  nextWord() {
    const shared = this.number();
    const more = this.take(this.number());
    const word = new Uint8Array(shared + more.length);
    word.set(this.word.subarray(0, shared));
    word.set(more, shared);
    this.word = word;
    return this.decoder.decode(word);
  }
  /** Files in the order of what is in them: the word that each begins with at the earliest, and its name. */
  list(kind) {
    this.word = new Uint8Array(0);
    const count = this.number();
    const separators = Array.from({ length: count }, () => this.nextWord());
    return { separators, names: Array.from({ length: count }, () => `${kind}-${this.name()}.gp`) };
  }
}

/** By code points, as the index is sorted. */
function compare(a, b) {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 0xd800 && y >= 0xd800) {
      x += x >= 0xe000 ? -0x800 : 0x2000;
      y += y >= 0xe000 ? -0x800 : 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
}

/** The file of a list that has a word; -1 if none has. */
function fileOf(list, word) {
  let [low, high] = [0, list.separators.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(list.separators[middle], word) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The files of a list that have words with a beginning. */
function filesOf(list, beginning) {
  const first = fileOf(list, beginning);
  const files = first < 0 ? [] : [first];
  if (first >= 0) for (let i = first + 1; list.separators[i]?.startsWith(beginning); i++) files.push(i);
  return files;
}

/** Numbers packed to the bit (Golomb–Rice): the high part as so many ones and a zero, then the low bits. */
function packed(reader, count) {
  const low = reader.take(1)[0];
  let bits = 0;
  let left = 0;
  const bit = () => {
    if (left === 0) [bits, left] = [reader.take(1)[0], 8];
    left--;
    const one = bits & 1;
    bits >>= 1;
    return one;
  };
  return Array.from({ length: count }, () => {
    let number = 0;
    while (bit()) number++;
    number *= 2 ** low;
    for (let place = 0; place < low; place++) number += bit() * 2 ** place;
    return number;
  });
}

/** Articles and how much a term says of each, the most first: two numbers an article. */
function postings(bytes) {
  const reader = new Reader(bytes);
  const found = [];
  while (!reader.isAtEnd) {
    const group = reader.number();
    const count = (group >>> 4) + 1;
    let next = 0;
    for (const gap of count < 8 ? Array.from({ length: count }, () => reader.number()) : packed(reader, count)) {
      found.push(next + gap, group & 15);
      next += gap + 1;
    }
  }
  return found;
}

// What a reader may write.

const SYNTAX = /(^|[ \t\n\r\u00a0\u3000])tag:(?:"([^"]*)"?|([^ \t\n\r\u00a0\u3000"]*))|"([^"]*)"?/gi;

/** Takes a query apart: its words at their places, its phrases, the names of tags. */
function parse(text) {
  const phrases = [];
  const tags = [];
  const words = text.replace(SYNTAX, (whole, space, quotedTag, tag, phrase, at) => {
    if (phrase !== undefined) phrases.push({ text: phrase, at: at + 1 });
    else tags.push(quotedTag ?? tag);
    return " ".repeat(whole.length);
  });
  return { words, phrases, tags };
}

const tagTerm = (name) => "#" + runs(name).join(" ");

/** The words of a name as they are compared, without pairs. */
function runs(name) {
  return Array.from(name.matchAll(RUN), ([run, isPaired]) => (isPaired ? run.normalize("NFKC") : fold(run)));
}

// Words that may be meant.

const isWanted = (word) => [...word].length >= 2 && [...word].length <= 32 && !/\p{N}/u.test(word);
const mostMistakes = (letters) => (letters < 4 ? 0 : letters < 8 ? 1 : 2);

/** Letters to insert, delete, replace, or exchange with a neighbour. */
function distance(a, b) {
  let beforeLast = [];
  let last = b.map((_, i) => i).concat(b.length);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length];
}

/** The word that was most likely meant: the fewest mistakes, then the same first letter, then the commonest, then the first. */
function correct(written, known) {
  const letters = [...written];
  const most = mostMistakes(letters.length);
  let best = null;
  for (const { word, rank } of known) {
    if (Math.abs(word.length - written.length) > 2 * most) continue;
    const other = [...word];
    if (Math.abs(other.length - letters.length) > most) continue;
    const mistakes = distance(letters, other);
    if (mistakes === 0 || mistakes > Math.min(most, mostMistakes(other.length + 1))) continue;
    const key = (mistakes * 2 + (letters[0] === other[0] ? 0 : 1)) * 64 - rank;
    if (!best || key < best.key) best = { key, word };
  }
  return best?.word ?? null;
}

// Excerpts.

const WORDS = 25;
const WORDS_BEFORE = 6;

/** Adds a piece of text to a list of them. */
function push(parts, text, mark) {
  const last = parts.at(-1);
  if (!text) return;
  if (last?.mark === mark) last.text += text;
  else parts.push({ text, mark });
}

function markInto(parts, text, from, to, tokens) {
  let at = from;
  for (const token of tokens) {
    if (token.group === undefined) continue;
    const begin = Math.max(token.from, at);
    const end = Math.max(token.to, begin);
    push(parts, text.slice(at, begin), false);
    push(parts, text.slice(begin, end), true);
    at = end;
  }
  push(parts, text.slice(at, Math.max(to, at)), false);
}

/** The words that are looked for, and finding them in texts. */
class Matcher {
  constructor(language, groups) {
    this.language = language;
    this.groups = groups;
    this.terms = new Map();
    groups.forEach((group, number) => {
      for (const [term] of group.variants) if (!this.terms.has(term)) this.terms.set(term, number);
    });
    // A stem begins as its word does, so most words need not be looked at closely.
    this.beginnings = new Set([...this.terms.keys()].map((term) => term.codePointAt(0)));
    this.known = new Map();
  }
  groupOf(word) {
    if (!this.beginnings.has(word.codePointAt(0))) return undefined;
    let group = this.known.get(word);
    if (group === undefined && !this.known.has(word)) {
      group = this.terms.get(this.language ? this.language.stem(word) : word);
      this.known.set(word, group);
    }
    return group;
  }
  tokens(text, block = 0) {
    const found = words(text);
    for (const token of found) {
      token.block = block;
      token.group = token.isPair ? this.terms.get(token.word) : this.groupOf(token.word);
    }
    return found;
  }
  mark(text) {
    const parts = [];
    markInto(parts, text, 0, text.length, this.tokens(text));
    return parts;
  }
  isIn(text) {
    return this.tokens(text).some((token) => token.group !== undefined);
  }
  /** The place of a text that says the most: its parts, and the number of its section. */
  excerpt(sections) {
    let best = null;
    sections.forEach(([, , blocks], section) => {
      const tokens = blocks.flatMap((text, block) => this.tokens(text, block));
      tokens.forEach((token, first) => {
        if (token.group === undefined) return;
        const worth = this.worth(tokens, first);
        if (!best || worth > best.worth) best = { worth, section, first, tokens };
      });
    });
    return best && { parts: cut(sections[best.section][2], best.tokens, best.first), section: best.section };
  }
  /** Each word counts once; how often it stands there decides among equals. */
  worth(tokens, first) {
    const seen = new Set();
    let worth = 0;
    for (let i = first; i < tokens.length && i < first + WORDS; i++) {
      const { group } = tokens[i];
      if (group === undefined) continue;
      if (!seen.has(group)) worth += this.groups[group].worth * 64;
      seen.add(group);
      worth += 1;
    }
    return worth;
  }
}

/** The words round a token: from a little before it in its block, on into the blocks after it. */
function cut(blocks, tokens, first) {
  const { block } = tokens[first];
  let start = first;
  while (start > 0 && first - start < WORDS_BEFORE && tokens[start - 1].block === block) start--;
  const last = Math.min(first + WORDS, tokens.length) - 1;
  const lastBlock = tokens[last].block;
  const startsBlock = tokens[start - 1]?.block !== block;
  const endsBlock = tokens[last + 1]?.block !== lastBlock;
  const parts = [];
  if (!startsBlock) push(parts, "… ", false);
  for (let number = block; number <= lastBlock; number++) {
    const text = blocks[number];
    if (number > block) push(parts, " ", false);
    const from = number === block && !startsBlock ? tokens[start].from : 0;
    let to = text.length;
    if (number === lastBlock && !endsBlock) {
      to = tokens[last].to;
      const next = tokens[last + 1].from;
      if (next > to) {
        const gap = text.slice(to, next).search(/\p{White_Space}/u);
        to = gap < 0 ? next : to + gap;
      }
    }
    markInto(parts, text, from, to, tokens.slice(start, last + 1).filter((token) => token.block === number));
  }
  if (!endsBlock) push(parts, " …", false);
  return parts;
}

// Asking.

const STEMMERS = { en: () => import("./stem-en.js") };

// What a word may stand for counts so many sixteenths.
const EXACT = 16;
const COMPLETED_WORD = 12;
const SYNONYM = 10;
const COMPLETED = 8;

const MOST_COMPLETIONS = 8;
const SHORTEST_BEGINNING = 2;
const MOST_REPEATS = 3;
const MOST_READ = 60;
const MOST_FACETS = 12;
const MOST_HEADINGS = 3;

/** At least so many of the best articles in their order: by score, the newer first. */
function best(articles, scores, count) {
  let chosen = articles;
  if (articles.length > count) {
    const least = Float64Array.from(articles, (article) => scores[article]).sort()[articles.length - count];
    chosen = articles.filter((article) => scores[article] >= least);
  }
  return chosen
    .map((article) => ({ article, score: Math.floor(scores[article]) }))
    .sort((a, b) => b.score - a.score || b.article - a.article);
}

/** Opens the index whose root is at an address. */
export async function open(root, { fetch = globalThis.fetch } = {}) {
  const search = new Search(String(root), fetch);
  await search.open();
  return search;
}

class Search {
  constructor(root, fetch) {
    this.root = root;
    this.folder = root.slice(0, root.lastIndexOf("/") + 1);
    // The index is one folder below the site's root, and addresses in it begin with a slash.
    this.site = this.folder.slice(0, this.folder.lastIndexOf("/", this.folder.length - 2));
    // Browsers want it called as a function, not as a method.
    this.fetch = (...asked) => fetch(...asked);
    this.bundle = new Map();
    this.files = new Map();
    this.texts = new Map();
  }

  async open() {
    await this.guard(this.root, async () => {
      const reader = new Reader(content(await this.load(this.root), "r"));
      const head = new Reader(await inflate(reader.take(reader.number())));
      const parameters = JSON.parse(head.text(head.number()));
      Object.assign(this, { articles: parameters.articles, block: parameters.block, synonyms: parameters.synonyms });
      this.terms = head.list("t");
      this.words = head.list("v");
      const count = head.number();
      const areHere = head.take(1)[0] === 1;
      const names = Array.from({ length: areHere ? count : 1 }, () => head.name());
      if (areHere) this.names = names;
      else this.namesFile = `n-${names[0]}.gp`;
      for (const [name, size] of parameters.files ?? []) this.bundle.set(name, reader.take(size));
      const load = (language) => (Object.hasOwn(STEMMERS, language) ? STEMMERS[language]() : null);
      this.languages = await Promise.all(parameters.languages.map(load)).catch((cause) => {
        throw new SearchError("network", "stemmer", cause);
      });
    });
  }

  /** Runs something that reads a file; what goes wrong is said of the file. */
  async guard(name, work) {
    try {
      return await work();
    } catch (error) {
      throw error instanceof SearchError ? error : new SearchError("damaged", name, error);
    }
  }

  async load(address, range) {
    let response;
    try {
      response = await this.fetch(address, range ? { headers: { Range: `bytes=${range[0]}-${range[1] - 1}` } } : undefined);
      if (!response.ok) throw new Error(`status ${response.status}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      // A host that knows no ranges sends it all.
      return range && response.status !== 206 ? bytes.subarray(...range) : bytes;
    } catch (cause) {
      throw new SearchError("network", address, cause);
    }
  }

  bytes(name, range) {
    const bundled = this.bundle.get(name);
    if (bundled) return range ? bundled.subarray(...range) : bundled;
    return this.load(`${this.folder}i/${name}`, range);
  }

  /** A file, read once. What fails is asked for again the next time. */
  file(name, read) {
    let file = this.files.get(name);
    if (!file) {
      file = this.guard(name, async () => read(await this.bytes(name)));
      file.catch(() => this.files.delete(name));
      this.files.set(name, file);
    }
    return file;
  }

  termFile(number) {
    return this.file(this.terms.names[number], async (bytes) => {
      const reader = new Reader(await inflate(content(bytes, "t")));
      const terms = Array.from({ length: reader.number() }, () => {
        const [term, count, size] = [reader.nextWord(), reader.number(), reader.number()];
        return { term, count, size, tail: count > HEAD ? `l-${reader.name()}.gp` : null };
      });
      for (const term of terms) term.head = reader.take(term.size);
      return new Map(terms.map((term) => [term.term, term]));
    });
  }

  async term(term) {
    const file = fileOf(this.terms, term);
    return file < 0 ? undefined : (await this.termFile(file)).get(term);
  }

  wordFile(number) {
    return this.file(this.words.names[number], async (bytes) => {
      const reader = new Reader(await inflate(content(bytes, "v")));
      const words = Array.from({ length: reader.number() }, () => ({ word: reader.nextWord() }));
      const ranks = reader.take(words.length);
      words.forEach((word, i) => (word.rank = ranks[i]));
      return words;
    });
  }

  async blockNames() {
    return this.names ?? this.file(this.namesFile, (bytes) => {
      const reader = new Reader(content(bytes, "n"));
      const names = [];
      while (!reader.isAtEnd) names.push(reader.name());
      return names;
    });
  }

  async json(bytes) {
    return JSON.parse(new TextDecoder().decode(await inflate(bytes)));
  }

  /** An article: as results show it, and where its text is. */
  async document(article) {
    const name = `d-${(await this.blockNames())[Math.floor(article / this.block)]}.gp`;
    const [texts, documents] = await this.file(name, (bytes) => this.json(content(bytes, "d")));
    const index = article % this.block;
    const from = documents.slice(0, index).reduce((sum, document) => sum + document[5], 4);
    return { fields: documents[index], texts, range: [from, from + documents[index][5]] };
  }

  /** The text of an article, read once. */
  text({ texts, range }) {
    const key = `${texts} ${range[0]}`;
    if (!this.texts.has(key)) {
      const text = this.guard(texts, async () => this.json(await this.bytes(texts, range)));
      text.catch(() => this.texts.delete(key));
      this.texts.set(key, text);
    }
    return this.texts.get(key);
  }

  // The words of a query.

  /** What a word may stand for: its stem in each language of the site, and its synonyms. */
  variants(word) {
    const stems = this.languages.map((language) => (language ? language.stem(word) : word));
    const variants = new Map(stems.map((stem) => [stem, EXACT]));
    const synonyms = Object.hasOwn(this.synonyms, stems[0]) ? this.synonyms[stems[0]] : [];
    for (const synonym of synonyms) if (!variants.has(synonym)) variants.set(synonym, SYNONYM);
    return variants;
  }

  groups(query, length) {
    const groups = [];
    const add = (found, start) => {
      const place = [start + found.from, start + found.to];
      let group = groups.find((group) => group.term === found.term);
      if (group) {
        group.repeats = Math.min(group.repeats + 1, MOST_REPEATS);
        group.places.push(place);
      } else {
        const variants = found.isPair ? new Map([[found.term, EXACT]]) : this.variants(found.word);
        group = { word: found.word, term: found.term, repeats: 1, places: [place], variants };
        groups.push(group);
      }
      return group;
    };
    let open = null;
    for (const found of terms(query.words, this.languages[0])) {
      const group = add(found, 0);
      open = found.to === length ? group : null;
    }
    const phrases = query.phrases.map(({ text, at }) => terms(text, this.languages[0]).map((found) => add(found, at)));
    return { groups, open, phrases: phrases.filter((phrase) => phrase.length > 0) };
  }

  async isKnown(group) {
    const found = await Promise.all([...group.variants.keys()].map((term) => this.term(term)));
    return found.some(Boolean);
  }

  /** Adds to the word that is being typed what it may become. */
  async completeGroup(group) {
    if ([...group.word].length < SHORTEST_BEGINNING) return;
    const files = await Promise.all(filesOf(this.terms, group.word).slice(0, 2).map((file) => this.termFile(file)));
    const found = files
      .flatMap((file) => [...file.values()])
      .filter(({ term }) => term.startsWith(group.word) && !group.variants.has(term))
      .sort((a, b) => b.count - a.count || compare(a.term, b.term))
      .slice(0, MOST_COMPLETIONS);
    const isKnown = found.length > 0 || (await this.isKnown(group));
    for (const { term } of found) group.variants.set(term, COMPLETED);
    if (isKnown) return;
    for (const word of await this.completions(group.word)) {
      for (const term of this.variants(word).keys()) if (!group.variants.has(term)) group.variants.set(term, COMPLETED_WORD);
    }
  }

  /** Words with a beginning, the commonest first. */
  async completions(beginning) {
    const files = await Promise.all(filesOf(this.words, beginning).slice(0, 2).map((file) => this.wordFile(file)));
    return files
      .flat()
      .filter(({ word }) => word.startsWith(beginning))
      .sort((a, b) => b.rank - a.rank || compare(a.word, b.word))
      .slice(0, MOST_COMPLETIONS)
      .map(({ word }) => word);
  }

  /** Takes words that no article has for mistakes, where there is a word that is almost the same. */
  async correct(text, groups, open) {
    const changes = [];
    for (const group of groups) {
      if (!isWanted(group.word) || mostMistakes([...group.word].length) === 0 || (await this.isKnown(group))) continue;
      const meant = await this.meant(group.word, group === open);
      if (!meant) continue;
      changes.push(...group.places.map((place) => ({ place, meant })));
      group.variants = this.variants(meant);
      [group.term] = group.variants.keys();
      group.word = meant;
    }
    if (changes.length === 0) return null;
    changes.sort((a, b) => b.place[0] - a.place[0]);
    return changes.reduce((text, { place, meant }) => text.slice(0, place[0]) + meant + text.slice(place[1]), text);
  }

  /** Most mistakes leave the first letter alone, so the other words are looked at only if need be, and not while one types. */
  async meant(word, isOpen) {
    for (const files of [filesOf(this.words, [...word][0]), isOpen ? [] : this.words.names.keys()]) {
      const known = await Promise.all(Array.from(files, (file) => this.wordFile(file)));
      const meant = correct(word, known.flat());
      if (meant) return meant;
    }
    return null;
  }

  // Articles.

  /** How rare a term is: BM25's logarithm, in 1,024ths. */
  rarity(count) {
    return Math.round(Math.log(1 + (this.articles - count + 0.5) / (count + 0.5)) * 1024);
  }

  /** The articles that have a word of the query, and the score of each. */
  async rank(groups) {
    await Promise.all(groups.flatMap((group) => [...group.variants.keys()].map((term) => this.term(term))));
    const scores = new Float64Array(this.articles);
    const best = new Float64Array(this.articles);
    const found = [];
    for (const group of groups) {
      const touched = [];
      let most = Infinity;
      for (const [word, weight] of group.variants) {
        const term = await this.term(word);
        if (!term) continue;
        // What stands for a word says no more than the word itself.
        const rarity = Math.min(this.rarity(term.count), most);
        if (weight === EXACT) most = rarity;
        const list = this.postingsOf(term);
        for (let i = 0; i < list.length; i += 2) {
          // One more than the value: nothing is not the same as never met.
          const value = weight * rarity * list[i + 1] + 1;
          if (best[list[i]] === 0) touched.push(list[i]);
          if (value > best[list[i]]) best[list[i]] = value;
        }
      }
      for (const article of touched) {
        if (scores[article] === 0) found.push(article);
        scores[article] += (best[article] - 1) * group.repeats || Number.MIN_VALUE;
        best[article] = 0;
      }
    }
    return { scores, found };
  }

  postingsOf(term) {
    try {
      return (term.postings ??= postings(term.head));
    } catch (cause) {
      throw new SearchError("damaged", term.term, cause);
    }
  }

  /** All articles that have a term. */
  async having(word) {
    const term = await this.term(word);
    if (!term) return new Set();
    const tail = term.tail ? await this.file(term.tail, async (bytes) => postings(await inflate(content(bytes, "l")))) : [];
    return new Set([...this.postingsOf(term), ...tail].filter((_, i) => i % 2 === 0));
  }

  /** The articles that have all tags and every word of every phrase; null if there are none of either. */
  async required(tags, phrases) {
    const needed = tags.map(tagTerm).filter((term) => term.length > 1).concat(phrases.flat());
    if (needed.length === 0) return null;
    const [first, ...others] = await Promise.all(needed.map((term) => this.having(term)));
    return new Set([...first].filter((article) => others.every((other) => other.has(article))));
  }

  /** Keeps the articles that have the phrases word by word; reads the best until there are enough. */
  async withPhrases(ranked, phrases, enough) {
    const kept = [];
    for (let from = 0; from < Math.min(ranked.length, MOST_READ); from += 10) {
      const batch = ranked.slice(from, Math.min(from + 10, MOST_READ));
      const checks = batch.map(async ({ article }) => {
        const document = await this.document(article);
        const [lead, sections] = await this.text(document);
        const texts = [document.fields[0], lead, ...sections.flatMap(([heading, , blocks]) => [heading, ...blocks])];
        const all = texts.map((text) => terms(text, this.languages[0]).map(({ term }) => term));
        const has = (phrase) => all.some((list) => list.some((_, i) => phrase.every((term, j) => list[i + j] === term)));
        return phrases.every(has);
      });
      const fits = await Promise.all(checks);
      for (let i = 0; i < batch.length && kept.length < enough; i++) if (fits[i]) kept.push(batch[i]);
      if (kept.length >= enough) break;
    }
    return kept;
  }

  async facets(ranked) {
    const counts = new Map();
    for (const { fields } of await Promise.all(ranked.map(({ article }) => this.document(article)))) {
      for (const tag of fields[4]) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    const facets = Array.from(counts, ([tag, count]) => ({ tag, count }));
    return facets.sort((a, b) => b.count - a.count || compare(a.tag, b.tag)).slice(0, MOST_FACETS);
  }

  result(matcher, score, { fields }, text) {
    const [title, path, section, date] = fields;
    const href = this.site + path;
    const [lead, sections] = text ?? ["", []];
    const place = ([title, anchor]) => (title ? { title, href: `${href}#${encodeURIComponent(anchor)}` } : null);
    const found = matcher.excerpt(sections);
    return {
      title: matcher.mark(title),
      href,
      section,
      date,
      lead,
      headings: sections.filter(([heading]) => heading && matcher.isIn(heading)).slice(0, MOST_HEADINGS).map(place),
      excerpt: found && { parts: found.parts, heading: place(sections[found.section]) },
      score: score / (16 * 1024 * 3.2),
    };
  }

  /**
   * Answers a query. `complete`: its last word may be the beginning of one. `early` is given the answer without leads,
   * headings and excerpts as soon as it is known, which are fetched last.
   */
  async query(text, { limit = 10, offset = 0, complete = true, early = null } = {}) {
    const query = parse(text);
    const { groups, open, phrases } = this.groups(query, text.length);
    if (open && complete) await this.completeGroup(open);
    const corrected = await this.correct(text, groups, complete ? open : null);
    const needed = phrases.map((phrase) => phrase.map((group) => group.term));
    const [{ scores, found }, required] = await Promise.all([this.rank(groups), this.required(query.tags, needed)]);
    for (const group of groups) {
      const term = await this.term(group.term);
      group.worth = term ? this.rarity(term.count) : 1024;
    }
    const fitting = (groups.length === 0 && required ? [...required] : found).filter((article) => !required || required.has(article));
    const isWhole = this.bundle.size > 0;
    let ranked = best(fitting, scores, isWhole ? Infinity : Math.max(offset + limit, MOST_READ));
    if (phrases.length > 0) ranked = await this.withPhrases(ranked, needed, offset + limit);
    const page = ranked.slice(offset, offset + limit);
    const documents = await Promise.all(page.map(({ article }) => this.document(article)));
    const matcher = new Matcher(this.languages[0], groups);
    const answer = {
      words: groups.map((group) => group.word),
      corrected,
      total: phrases.length > 0 ? ranked.length : fitting.length,
      facets: await this.facets(isWhole ? ranked : page),
      results: page.map(({ score }, i) => this.result(matcher, score, documents[i])),
    };
    early?.(answer);
    const texts = await Promise.all(documents.map((document) => this.text(document)));
    return { ...answer, results: page.map(({ score }, i) => this.result(matcher, score, documents[i], texts[i])) };
  }

  /** The text with its last word completed: up to eight, the commonest first. */
  async complete(text) {
    const last = Array.from(text.matchAll(RUN)).at(-1);
    if (!last || last[1] || last.index + last[0].length !== text.length) return [];
    const beginning = fold(last[0]);
    if ([...beginning].length < SHORTEST_BEGINNING) return [];
    return (await this.completions(beginning)).map((word) => text.slice(0, last.index) + word);
  }
}
