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
const NO_LETTERS = new RegExp(LETTER.replace("[", "[^"), "gu");
const LONGEST_WORD = 64;

/** A word without differences of case, width and marks, but for some letters with marks. */
export function fold(word, letters = "") {
  if (/^[a-z0-9]*$/i.test(word)) return word.slice(0, LONGEST_WORD).toLowerCase();
  if (!letters) return [...foldAll(word)].slice(0, LONGEST_WORD).join("");
  const kept = Array.from(word.normalize("NFKC"), (c) => (letters.includes(c.toLowerCase()) ? c.toLowerCase() : foldAll(c)));
  return [...kept.join("")].slice(0, LONGEST_WORD).join("");
}

function foldAll(word) {
  const letters = [...word.normalize("NFKD").replace(/\p{M}/gu, "")].map((c) => c.toLowerCase()).join("");
  return letters.replace(NO_LETTERS, "");
}

/** A word's term in a language: of its normal form, in which the language keeps the marks that its stemmer must see, the stem. */
export function stem(word, language) {
  if (!language) return fold(word);
  const found = language.stem(fold(word, language.letters));
  return language.letters ? fold(found) : found;
}

const isStop = (word, language) => !!language?.stops.has(fold(word, language.letters));

/** The words of a text: as written and folded, whether it is a pair, and where it stands. */
export function words(text) {
  const found = [];
  for (const match of text.matchAll(RUN)) {
    const [run, isPaired] = match;
    const from = match.index;
    if (!isPaired) {
      const word = fold(run);
      if (word) found.push({ run, word, isPair: false, from, to: from + run.length });
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

/** The terms of a text for a language (`{ stem, letters, stops }`), without the commonest words unless there are no others. */
export function terms(text, language) {
  const all = words(text).map((word) => ({ ...word, term: word.isPair ? word.word : stem(word.run, language) }));
  const telling = all.filter(({ isPair, run }) => isPair || !isStop(run, language));
  return telling.length > 0 ? telling : all;
}

// Files.

const VERSION = 1;
const HEADER = 4;
const NAME_BYTES = 5;
/** Articles in a file, files in a directory. */
const BLOCK = 32;
const DIRECTORY = 128;
/** Articles begin at multiples of so many bytes. */
const UNIT = 256;
/** The most postings that stand with a term itself. */
const HEAD = 4096;

/** Why there is no answer: `kind` is "network", "missing", "format" (another version made the index) or "damaged". */
export class SearchError extends Error {
  constructor(kind, file, cause) {
    super(`search: ${kind}: ${file}`, { cause });
    this.name = "SearchError";
    this.kind = kind;
  }
}

async function inflate(bytes) {
  const { readable, writable } = new DecompressionStream("deflate-raw");
  const writer = writable.getWriter();
  // What is wrong with them is said by whoever reads.
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  return new Uint8Array(await new Response(readable).arrayBuffer());
}

/** What stands after the four first bytes of a file, if they are right. */
function content(bytes, kind) {
  if (bytes[0] !== 0x67 || bytes[1] !== 0x70) throw new Error("no file of an index");
  if (bytes[2] !== VERSION) throw new SearchError("format", `version ${bytes[2]}`);
  if (bytes[3] !== kind.charCodeAt(0)) throw new Error("another kind of file");
  return bytes.subarray(HEADER);
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
  /** The name of a file of a kind. */
  name(kind) {
    const digits = Array.from(this.take(NAME_BYTES), (byte) => byte.toString(16).padStart(2, "0"));
    return `${kind}-${digits.join("")}.bin`;
  }
  text(count) {
    return this.decoder.decode(this.take(count));
  }
  /** The next word of a list: how much of the one before, how much more, and that. */
  nextWord() {
    const both = this.take(1)[0];
    const shared = both === 0 ? this.number() : both >> 4;
    const more = this.take(both === 0 ? this.number() : both & 15);
    check(shared <= this.word.length);
    const word = new Uint8Array(shared + more.length);
    word.set(this.word.subarray(0, shared));
    word.set(more, shared);
    this.word = word;
    return this.decoder.decode(word);
  }
  /** The words of a list, which begins here. */
  list(count) {
    this.word = new Uint8Array(0);
    return Array.from({ length: count }, () => this.nextWord());
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

/** Numbers to the bit, the lowest bit of a byte first. */
class Bits {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  bit() {
    const byte = this.bytes[this.at >> 3];
    if (byte === undefined) throw new Error("too short");
    return (byte >> (this.at++ & 7)) & 1;
  }
  /** So many ones before a zero. */
  unary() {
    let number = 0;
    while (this.bit()) number++;
    return number;
  }
  /** Golomb–Rice: what is above the lowest bits in unary, then those. */
  rice(low) {
    let number = this.unary() * 2 ** low;
    for (let place = 0; place < low; place++) number += this.bit() * 2 ** place;
    return number;
  }
}

/** So many articles, as the next power of two, are many. */
const FEWEST_ROUNDED = 4096;

/** What many articles have has half as many levels. */
function step(count, articles) {
  const rounded = 2 ** Math.ceil(Math.log2(articles));
  return rounded >= FEWEST_ROUNDED && count * 32 > rounded ? 2 : 1;
}

/** So many of the articles, and how much a term says of each: two numbers an article. */
function postings(bytes, count, step, articles) {
  const packing = bytes[0];
  const bits = new Bits(bytes.subarray(1));
  check(count <= articles);
  const found = new Uint32Array(2 * count);
  let next = 0;
  for (let i = 0; i < count; i++) {
    next += bits.rice(packing >> 3);
    if (next >= articles) throw new Error("no such article");
    found[2 * i] = next++;
    const code = bits.unary();
    const level = (packing & 7) + 1 + (code % 2 ? (code + 1) / 2 : -code / 2);
    found[2 * i + 1] = step === 1 ? 2 * level : 4 * level - 3;
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
  for (const one of known) {
    const { word, rank } = one;
    if (Math.abs(word.length - written.length) > 2 * most) continue;
    const other = [...word];
    if (Math.abs(other.length - letters.length) > most) continue;
    const mistakes = distance(letters, other);
    if (mistakes === 0 || mistakes > Math.min(most, mostMistakes(other.length + 1))) continue;
    const key = (mistakes * 2 + (letters[0] === other[0] ? 0 : 1)) * 64 - rank;
    if (!best || key < best.key) best = { key, one };
  }
  return best?.one ?? null;
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
  /** The word of the query that a word of the article stands for. */
  groupOf({ run, word }) {
    if (!this.beginnings.has(word.codePointAt(0))) return undefined;
    let group = this.known.get(run);
    if (group === undefined && !this.known.has(run)) {
      group = this.terms.get(stem(run, this.language));
      this.known.set(run, group);
    }
    return group;
  }
  tokens(text, block = 0) {
    const found = words(text);
    for (const token of found) {
      token.block = block;
      token.group = token.isPair ? this.terms.get(token.word) : this.groupOf(token);
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

const STEMMERS = {
  de: () => import("./stem-de.js"),
  en: () => import("./stem-en.js"),
  es: () => import("./stem-es.js"),
  fr: () => import("./stem-fr.js"),
  it: () => import("./stem-it.js"),
  nl: () => import("./stem-nl.js"),
  pt: () => import("./stem-pt.js"),
  ru: () => import("./stem-ru.js"),
};

// What a word may stand for counts so many sixteenths.
const EXACT = 16;
const COMPLETED_WORD = 12;
const SYNONYM = 10;
const COMPLETED = 8;

const MOST_COMPLETIONS = 8;
const SHORTEST_BEGINNING = 2;
const MOST_REPEATS = 3;
/** So many files of words are looked at for the one that was meant, and once more for words with another first letter. */
const MOST_WORD_FILES = 12;
const MOST_READ = 60;
/** So many characters of a query count. */
const LONGEST_QUERY = 1000;
const MOST_FACETS = 12;
const MOST_HEADINGS = 3;
/** A word that more than two thirds of the articles have is not marked, if there are others. */
const TELLING = Math.round(1024 * Math.log(1.5));
/** What is fetched of an article of which only the title and lead are wanted. */
const MOST_HEADING = 512;
/** So many directories at most are fetched before it is known which are needed. */
const MOST_PREPARED = 4;

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

/** The terms that are a word of the query, not only something that means the same. */
const exact = ({ variants }) => [...variants].filter(([, weight]) => weight === EXACT).map(([term]) => term);

/** What may stand for a word of a phrase. */
function stemsOf({ word, term }, groups) {
  const group = groups.find((group) => group.word === word || group.variants.get(term) === EXACT);
  return new Set(group ? [term, ...exact(group)] : [term]);
}

const loadLanguage = (code) => (Object.hasOwn(STEMMERS, code) ? STEMMERS[code]() : null);

const keyOf = (name, range) => (range ? `${name} ${range}` : name);

/** What is damaged may be JSON all the same. */
function check(isRight) {
  if (!isRight) throw new Error("damaged");
}

const areTexts = (values) => Array.isArray(values) && values.every((value) => typeof value === "string");
const isPassage = (passage) => Array.isArray(passage) && areTexts(passage.slice(0, 2)) && passage.length > 2 && areTexts(passage[2]);

/** The next piece of JSON, deflated. */
const json = async (reader) => JSON.parse(new TextDecoder().decode(await inflate(reader.take(reader.number()))));

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
    this.pieces = new Map();
  }

  async open() {
    await this.guard(this.root, async () => {
      const reader = new Reader(content(await this.load(this.root), "r"));
      const head = new Reader(await inflate(reader.take(reader.number())));
      const parameters = JSON.parse(head.text(head.number()));
      const { articles, block, directory, languages, synonyms } = parameters;
      // They decide how much memory is taken.
      check(block === BLOCK && directory === DIRECTORY && Number.isInteger(articles) && articles >= 0);
      check(areTexts(languages) && languages.length > 0 && Object.values(synonyms).every(areTexts));
      Object.assign(this, { articles, block, synonyms, blocks: block * directory });
      this.readLists(head);
      for (const [name, size] of parameters.files ?? []) this.bundle.set(name, reader.take(size));
      this.languages = await Promise.all(languages.map(loadLanguage)).catch((cause) => {
        throw new SearchError("network", "stemmer", cause);
      });
    });
  }

  /** The segments of terms, the files of words, the directories. */
  readLists(head) {
    const files = Array.from({ length: head.number() }, () => ({ count: head.number() }));
    this.terms = { separators: head.list(files.reduce((sum, { count }) => sum + count, 0)), places: [] };
    for (const file of files) {
      let from = HEADER;
      file.ranges = Array.from({ length: file.count }, () => [from, (from += head.number())]);
    }
    for (const { ranges } of files) {
      const name = head.name("t");
      for (const range of ranges) this.terms.places.push({ name, range });
    }
    const count = head.number();
    this.words = { separators: head.list(count), names: Array.from({ length: count }, () => head.name("v")) };
    this.directories = Array.from({ length: Math.ceil(this.articles / this.blocks) }, () => head.name("d"));
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
      const { ok, status } = response;
      if (!ok) throw status === 404 || status === 410 ? new SearchError("missing", address) : new Error(`status ${status}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      // A host that knows no ranges sends it all.
      return range && response.status !== 206 ? bytes.subarray(...range) : bytes;
    } catch (cause) {
      throw cause instanceof SearchError ? cause : new SearchError("network", address, cause);
    }
  }

  async bytes(name, range) {
    const bundled = this.bundle.get(name);
    if (bundled) return range ? bundled.subarray(...range) : bundled;
    return this.load(`${this.folder}i/${name}`, range);
  }

  /** A file or a piece of one, read once. What fails is asked for again the next time. */
  piece(name, range, read) {
    const key = keyOf(name, range);
    let piece = this.pieces.get(key);
    if (!piece) {
      piece = this.guard(name, async () => read(await this.bytes(name, range)));
      piece.catch(() => this.pieces.delete(key));
      this.pieces.set(key, piece);
    }
    return piece;
  }

  termFile(number) {
    const { name, range } = this.terms.places[number];
    return this.piece(name, range, (bytes) => {
      const reader = new Reader(bytes);
      const terms = Array.from({ length: reader.number() }, () => {
        const [term, count, size] = [reader.nextWord(), reader.number(), reader.number()];
        return { term, count, size, step: step(count, this.articles), tail: count > HEAD && term[0] === "#" ? reader.name("l") : null };
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
    return this.piece(this.words.names[number], null, async (bytes) => {
      const reader = new Reader(await inflate(content(bytes, "v")));
      const words = Array.from({ length: reader.number() }, () => ({ word: reader.nextWord(), forms: [] }));
      const ranks = reader.take(words.length);
      words.forEach((word, i) => (word.rank = ranks[i]));
      reader.word = new Uint8Array(0);
      for (let number = 0; !reader.isAtEnd; ) words[(number += reader.number())].forms.push(reader.nextWord());
      for (const word of words) if (word.forms.length === 0) word.forms.push(word.word);
      return words;
    });
  }

  /** Where the articles of a directory are: the names of their files, and where in it each ends. */
  directory(number) {
    return this.piece(this.directories[number], null, (bytes) => {
      const reader = new Reader(content(bytes, "d"));
      const count = Math.min(this.articles - number * this.blocks, this.blocks);
      const names = Array.from({ length: Math.ceil(count / this.block) }, () => reader.name("a"));
      const low = reader.take(1)[0];
      const bits = new Bits(bytes.subarray(HEADER + reader.at));
      const ends = new Uint32Array(count);
      for (let i = 0; i < count; i++) ends[i] = (i % this.block === 0 ? HEADER : ends[i - 1]) + bits.rice(low) * UNIT;
      return { names, ends };
    });
  }

  /** On all but the largest sites, where the articles are is asked for together with the terms. */
  prepare() {
    if (this.directories.length <= MOST_PREPARED) this.directories.forEach((_, i) => this.directory(i).catch(() => {}));
  }

  checkDocument(document) {
    const [language, ...others] = document;
    const tags = others.splice(4, 1)[0];
    check(Number.isInteger(language) && language in this.languages && others.length === 5 && areTexts(others) && areTexts(tags));
  }

  /** Where an article is. */
  async placeOf(article) {
    const { names, ends } = await this.directory(Math.floor(article / this.blocks));
    const at = article % this.blocks;
    return { name: names[Math.floor(at / this.block)], range: [at % this.block === 0 ? HEADER : ends[at - 1], ends[at]] };
  }

  /** An article: its language, title, address, section, day, tags and lead; and its text. */
  async article(article) {
    const { name, range } = await this.placeOf(article);
    return this.piece(name, range, async (bytes) => {
      const reader = new Reader(bytes);
      const [document, passages] = await Promise.all([json(reader), json(reader)]);
      this.checkDocument(document);
      check(Array.isArray(passages) && passages.every(isPassage));
      return { document, passages };
    });
  }

  /** An article without its text, which stands last: mostly a small part of its bytes says it all. */
  async heading(article) {
    const { name, range } = await this.placeOf(article);
    const [from, to] = [range[0], Math.min(range[0] + MOST_HEADING, range[1])];
    if (to === range[1] || this.isWhole || this.pieces.has(keyOf(name, range))) return this.article(article);
    const found = await this.piece(name, [from, to], async (bytes) => {
      const reader = new Reader(bytes);
      const length = reader.number();
      if (reader.at + length > bytes.length) return null;
      const document = await json(new Reader(bytes));
      this.checkDocument(document);
      return { document, passages: null };
    });
    return found ?? this.article(article);
  }

  // The words of a query.

  /** What a word may stand for, however it is written: its stem in each language of the site, and its synonyms. */
  variants(forms) {
    const stems = forms.flatMap((form) => this.languages.map((language) => stem(form, language)));
    const variants = new Map(stems.map((stem) => [stem, EXACT]));
    for (const own of forms.map((form) => stem(form, this.languages[0]))) {
      const synonyms = Object.hasOwn(this.synonyms, own) ? this.synonyms[own] : [];
      for (const synonym of synonyms) if (!variants.has(synonym)) variants.set(synonym, SYNONYM);
    }
    return variants;
  }

  groups(query, length) {
    const groups = [];
    const add = (found, start, isQuoted) => {
      const place = [start + found.from, start + found.to];
      let group = groups.find((group) => group.term === found.term);
      if (group) {
        group.repeats = Math.min(group.repeats + 1, MOST_REPEATS);
        group.places.push(place);
        group.isQuoted ||= isQuoted;
      } else {
        const variants = found.isPair ? new Map([[found.term, EXACT]]) : this.variants([found.run]);
        const isCommon = !found.isPair && this.languages.some((language) => isStop(found.run, language));
        group = { word: found.word, term: found.term, repeats: 1, isQuoted, isCommon, places: [place], variants };
        groups.push(group);
      }
      return group;
    };
    let open = null;
    for (const found of terms(query.words, this.languages[0])) {
      const group = add(found, 0, false);
      open = found.to === length ? group : null;
    }
    const phrases = query.phrases.map(({ text, at }) => terms(text, this.languages[0]).map((found) => add(found, at, true)));
    return { groups, open, phrases: phrases.filter((phrase) => phrase.length > 0) };
  }

  /** Has a group stand for a word of the vocabulary. */
  setMeaning(group, { word, forms }) {
    group.word = word;
    group.variants = this.variants(forms);
    [group.term] = group.variants.keys();
  }

  /** Gives a word that no article has the marks with which articles write it; returns whether there is such a word. */
  async mark(group) {
    if (!isWanted(group.word) || !this.languages.some((language) => language?.letters)) return false;
    const file = fileOf(this.words, group.word);
    const word = file < 0 ? null : (await this.wordFile(file)).find(({ word }) => word === group.word);
    if (word) this.setMeaning(group, word);
    return !!word;
  }

  async isKnown(group) {
    const found = await Promise.all([...group.variants.keys()].map((term) => this.term(term)));
    return found.some(Boolean);
  }

  /** Adds to the word that is being typed what it may become. */
  async completeGroup(group) {
    if (group.isQuoted || [...group.word].length < SHORTEST_BEGINNING) return;
    const files = await Promise.all(filesOf(this.terms, group.word).slice(0, 2).map((file) => this.termFile(file)));
    const found = files
      .flatMap((file) => [...file.values()])
      .filter(({ term }) => term.startsWith(group.word) && !group.variants.has(term))
      .sort((a, b) => b.count - a.count || compare(a.term, b.term))
      .slice(0, MOST_COMPLETIONS);
    const isKnown = found.length > 0 || (await this.isKnown(group));
    for (const { term } of found) group.variants.set(term, COMPLETED);
    if (isKnown || (await this.mark(group))) return;
    for (const { forms } of await this.completions(group.word)) {
      for (const term of this.variants(forms).keys()) if (!group.variants.has(term)) group.variants.set(term, COMPLETED_WORD);
    }
  }

  /** Words with a beginning, the commonest first. */
  async completions(beginning) {
    const files = await Promise.all(filesOf(this.words, beginning).slice(0, 2).map((file) => this.wordFile(file)));
    return files
      .flat()
      .filter(({ word }) => word.startsWith(beginning))
      .sort((a, b) => b.rank - a.rank || compare(a.word, b.word))
      .slice(0, MOST_COMPLETIONS);
  }

  /** Takes words that no article has for mistakes, where there is a word that is almost the same. */
  async correct(text, groups, open) {
    const changes = [];
    for (const group of groups) {
      if ((await this.isKnown(group)) || (await this.mark(group)) || group.isQuoted || group.isCommon) continue;
      if (!isWanted(group.word) || mostMistakes([...group.word].length) === 0) continue;
      const word = await this.meant(group.word, group === open);
      if (!word) continue;
      changes.push(...group.places.map((place) => ({ place, meant: word.forms[0] })));
      this.setMeaning(group, word);
    }
    if (changes.length === 0) return null;
    changes.sort((a, b) => b.place[0] - a.place[0]);
    return changes.reduce((text, { place, meant }) => text.slice(0, place[0]) + meant + text.slice(place[1]), text);
  }

  /**
   * Most mistakes leave the first letter alone, so words with another are looked at only if need be, and not while one
   * types. All of them, if they are in a few files; otherwise those that begin as the word does without its first letter, or
   * with its first two exchanged.
   */
  async meant(word, isOpen) {
    const letters = [...word];
    const beginning = (...places) => filesOf(this.words, places.map((place) => letters[place] ?? "").join(""));
    const all = [...this.words.names.keys()];
    const alike = [beginning(0), beginning(0, 1)].find((files) => files.length <= MOST_WORD_FILES) ?? [];
    const near = all.length <= MOST_WORD_FILES ? all : [...beginning(1, 2), ...beginning(1, 0)];
    const others = [...new Set(near)].sort((a, b) => a - b);
    for (const files of [alike, isOpen ? [] : others.slice(0, MOST_WORD_FILES)]) {
      const known = await Promise.all(files.map((file) => this.wordFile(file)));
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
      return (term.postings ??= postings(term.head, Math.min(term.count, HEAD), term.step, this.articles));
    } catch (cause) {
      throw new SearchError("damaged", term.term, cause);
    }
  }

  /** All articles that have a term; null if there are too many to name them. */
  async having(word) {
    const term = await this.term(word);
    if (!term) return [];
    if (term.count > HEAD && !term.tail) return null;
    const read = (bytes) => postings(content(bytes, "l"), term.count - HEAD, term.step, this.articles);
    const tail = term.tail ? await this.piece(term.tail, null, read) : [];
    return [...this.postingsOf(term), ...tail].filter((_, i) => i % 2 === 0);
  }

  /** The articles that have all tags and every word of every phrase; null if there are none of either. */
  async required(tags, phrases) {
    const names = tags.map(tagTerm).filter((term) => term.length > 1);
    const needed = [...names.map((name) => [name]), ...phrases.flat().map(exact)];
    if (needed.length === 0) return null;
    const union = async (terms) => {
      const lists = await Promise.all(terms.map((term) => this.having(term)));
      return lists.includes(null) ? null : new Set(lists.flat());
    };
    const [first, ...others] = (await Promise.all(needed.map(union))).filter(Boolean);
    return first ? new Set([...first].filter((article) => others.every((other) => other.has(article)))) : null;
  }

  /**
   * Keeps the articles that have the phrases word by word, each by the rules of its language. Reads the best until there
   * are enough.
   */
  async withPhrases(ranked, phrases, groups, enough) {
    const kept = [];
    const most = Math.min(ranked.length, MOST_READ);
    let read = 0;
    while (read < most && kept.length < enough) {
      const documents = await Promise.all(ranked.slice(read, Math.min(read + 10, most)).map(({ article }) => this.article(article)));
      for (const { document, passages } of documents) {
        const [language, title, , , , , lead] = document;
        if (kept.length >= enough) break;
        const split = (text) => terms(text, this.languages[language]);
        const texts = [title, lead, ...passages.flatMap(([heading, , blocks]) => [heading, ...blocks])];
        const lists = texts.map((text) => split(text).map(({ term }) => term));
        const has = (phrase) => lists.some((list) => list.some((_, i) => phrase.every((stems, j) => stems.has(list[i + j]))));
        if (phrases.every(({ text }) => has(split(text).map((found) => stemsOf(found, groups))))) kept.push(ranked[read]);
        read++;
      }
    }
    return { kept, isPartial: read < ranked.length };
  }

  /** Whether so many articles have a word that the index does not name all of them. */
  async isCut(groups) {
    const found = await Promise.all(groups.flatMap(({ variants }) => [...variants.keys()].map((term) => this.term(term))));
    return found.some((term) => term?.count > HEAD);
  }

  facets(documents) {
    const counts = new Map();
    for (const tag of documents.flatMap(({ document }) => document[5])) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    const facets = Array.from(counts).sort(([a, x], [b, y]) => y - x || compare(a, b));
    return facets.slice(0, MOST_FACETS).map(([tag, count]) => ({ tag, count: this.isWhole ? count : null }));
  }

  /** An article as a result. One of which the text is not here yet has `more`, which gets it: the same with its excerpt. */
  result(groups, { article, score }, { document, passages }) {
    const [language, title, path, section, date, , lead] = document;
    const matcher = new Matcher(this.languages[language], groups);
    const href = this.site + path;
    const place = ([title, anchor]) => (title ? { title, href: `${href}#${encodeURIComponent(anchor)}` } : null);
    const result = { title: matcher.mark(title), href, section, date, lead, headings: [], excerpt: null };
    result.score = score / (16 * 1024 * 6.4);
    if (!passages) {
      result.more = async () => this.result(groups, { article, score }, await this.article(article));
      return result;
    }
    const found = matcher.excerpt(passages);
    result.headings = passages.filter(([heading]) => heading && matcher.isIn(heading)).slice(0, MOST_HEADINGS).map(place);
    result.excerpt = found && { parts: found.parts, heading: place(passages[found.section]) };
    return result;
  }

  /** Whether every file is here, so that looking at all of them costs nothing. */
  get isWhole() {
    return this.bundle.size > 0;
  }

  /**
   * Answers a query. `complete`: its last word may be the beginning of one. `excerpts`: so many results come with what
   * stands in their texts, the others have a `more` for it.
   */
  async query(asked, { limit = 10, offset = 0, complete = true, excerpts = limit } = {}) {
    this.prepare();
    const text = Array.from(asked.slice(0, 2 * LONGEST_QUERY)).slice(0, LONGEST_QUERY).join("");
    const query = parse(text);
    const { groups, open, phrases } = this.groups(query, text.length);
    // All at once what is needed one after the other.
    const needed = [...groups.flatMap(({ variants }) => [...variants.keys()]), ...query.tags.map(tagTerm)];
    const files = open && complete ? filesOf(this.terms, open.word).slice(0, 2) : [];
    await Promise.all([...needed.map((term) => this.term(term)), ...files.map((file) => this.termFile(file))]);
    if (open && complete) await this.completeGroup(open);
    const corrected = await this.correct(text, groups, complete ? open : null);
    const [{ scores, found }, required] = await Promise.all([this.rank(groups), this.required(query.tags, phrases)]);
    for (const group of groups) {
      const term = await this.term(group.term);
      group.worth = term ? this.rarity(term.count) : 1024;
    }
    const telling = groups.filter(({ worth }) => worth > TELLING);
    const isCut = await this.isCut(groups);
    // A word of which only the best articles are known leaves none out.
    const all = required && (groups.length === 0 || isCut) ? [...required] : found;
    const fitting = required ? all.filter((article) => required.has(article)) : all;
    let ranked = best(fitting, scores, this.isWhole ? Infinity : Math.max(offset + limit, MOST_READ));
    let isPartial = !required && isCut;
    if (phrases.length > 0) {
      const enough = this.isWhole ? Infinity : offset + limit;
      const { kept, isPartial: isMore } = await this.withPhrases(ranked, query.phrases, groups, enough);
      [ranked, isPartial] = [kept, isMore || ranked.length < fitting.length];
    }
    const page = ranked.slice(offset, offset + limit);
    const shown = await Promise.all(page.map(({ article }, i) => (i < excerpts ? this.article(article) : this.heading(article))));
    const counted = this.isWhole ? await Promise.all(ranked.map(({ article }) => this.article(article))) : shown;
    return {
      words: groups.map((group) => group.word),
      corrected,
      total: phrases.length > 0 ? ranked.length : fitting.length,
      isPartial,
      facets: this.facets(counted),
      results: page.map((found, i) => this.result(telling.length > 0 ? telling : groups, found, shown[i])),
    };
  }

  /** The text with its last word completed: up to eight, the commonest first. */
  async complete(text) {
    const last = Array.from(text.matchAll(RUN)).at(-1);
    if (!last || last[1] || last.index + last[0].length !== text.length) return [];
    const beginning = fold(last[0]);
    if ([...beginning].length < SHORTEST_BEGINNING) return [];
    return (await this.completions(beginning)).map(({ forms }) => text.slice(0, last.index) + forms[0]);
  }
}
