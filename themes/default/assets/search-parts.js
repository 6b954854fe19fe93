// What the field and the search page share: asking, how an article that is found is shown, and what is said
// when it is slow or fails. Whatever comes from a reader or from the index is only ever text.

import { anyOf, longDay, prepare, quoted, say, saySome } from "./words.js";

/** Milliseconds without a key until the search begins; the same while a word is composed of several keys. */
const PAUSE = 120;
const COMPOSING = 600;
/** Milliseconds without an answer until that is said. */
const SLOW = 1000;
/** Milliseconds until what is found is read out: whoever types on is not interrupted. */
const QUIET = 600;

/** An element with attributes and children; text stays text. Children that are nothing are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children.filter(Boolean));
  return made;
}

/** Text of which some is marked. */
export function marked(parts) {
  const text = new DocumentFragment();
  text.append(...parts.map((part) => (part.mark ? element("mark", {}, part.text) : part.text)));
  return text;
}

/** Section and date of a result, each as an element of its own. */
export function facts({ section, date }) {
  return [section && element("span", { dir: "auto" }, section), date && element("time", { datetime: date }, longDay(date))].filter(Boolean);
}

/** What of an article to show: the excerpt, else its one sentence. */
export function excerpt({ excerpt, lead }) {
  return excerpt?.parts.length ? marked(excerpt.parts) : (lead ?? "");
}

/** The headings to offer, that of the excerpt first. */
export function headings(result) {
  const all = [result.excerpt?.heading, ...(result.headings ?? [])].filter(Boolean);
  return all.filter((heading, at) => all.findIndex((other) => other.href === heading.href) === at).slice(0, 3);
}

/** What is asked by what is typed: a blank at its end says that the last word is whole. */
export const question = (typed) => typed.trimStart().replace(/\s+$/, " ");

/** The address of the search page for a question. */
export function pageFor(form, asked) {
  return `${form.getAttribute("action")}?q=${encodeURIComponent(asked)}`;
}

/** What was taken for a slip of the finger, and what for. */
export function correction({ corrected }, asked) {
  if (!corrected) return null;
  const of = (text) => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const kept = new Set(of(corrected.toLowerCase()));
  const missing = of(asked).filter((word) => !kept.has(word.toLowerCase()));
  const found = element("strong", {}, say("corrected", { asked: quoted(corrected.trim()) }));
  return element("p", { class: "search-corrected" }, found, missing.length > 0 && ` ${say("unknown", { words: anyOf(missing.map((word) => say("quoted", { text: word }))) })}`);
}

/** What is read out of an answer. */
export function spoken({ results, total, isPartial, corrected }, asked) {
  if (results.length === 0) return say("nothing", { asked: quoted(asked.trim()) });
  return `${corrected ? `${say("corrected", { asked: quoted(corrected.trim()) })} ` : ""}${howMany(total, isPartial)}.`;
}

/** How many articles there are, and if it is given for what. */
export function howMany(n, isPartial, asked) {
  if (asked === undefined) return say(isPartial ? "found_at_least" : "found", { n });
  return say(isPartial ? "found_at_least_for" : "found_for", { n, asked: quoted(asked) });
}

/** Something that is said instead of an answer, and where to go instead. */
function notice(form, text, ways, ...more) {
  const links = saySome(ways, { tags: form.dataset.tags, a_to_z: form.dataset.aZ });
  return [element("p", {}, element("strong", {}, text)), ...more, element("p", {}, ...links)];
}

export const nothing = (form, asked) => notice(form, say("nothing", { asked: quoted(asked.trim()) }), "otherwise");
export const slowness = (form) => notice(form, say("slow"), "meanwhile");

/** What went wrong, and a button that may put it right. */
export function failure(form, { kind }, retry) {
  const isRenewed = kind === "format";
  const button = element("button", { type: "button", class: "button" }, say(isRenewed ? "reload" : "retry"));
  // A script that did not arrive is not fetched twice by every browser.
  button.addEventListener("click", isRenewed || !kind ? () => location.reload() : retry);
  const isBroken = kind === "damaged" || kind === "missing";
  return notice(form, say(isRenewed ? "renewed" : isBroken ? "damaged" : "network"), "meanwhile", element("p", {}, button));
}

/** Calls `act` when somebody pauses; what is returned takes that back. */
export function onPause(input, act) {
  let timer;
  const wait = ({ isComposing }) => {
    clearTimeout(timer);
    timer = setTimeout(act, isComposing ? COMPOSING : PAUSE);
  };
  input.addEventListener("input", wait);
  input.addEventListener("compositionend", wait);
  return () => clearTimeout(timer);
}

/** Asks one question at a time: an answer that another question has overtaken is dropped. */
export class Asker {
  #root;
  #opening;
  #turn = 0;

  /** `first` is the root of the index, which is on its way already. */
  constructor(form, first) {
    this.#root = form.dataset.searchRoot;
    this.#opening = this.#open((address, options) => (address === this.#root ? first : fetch(address, options)));
    // What fails is said to whoever asks.
    this.#opening.catch(() => {});
    // Nothing else is to be done while files are on their way.
    (globalThis.requestIdleCallback ?? setTimeout)(prepare);
  }

  async #open(get) {
    const core = await import("./search.js");
    return core.open(this.#root, { fetch: get });
  }

  /** `slow`, `show` and `fail` are told how it goes. */
  async ask(asked, options, { slow, show, fail }) {
    const turn = ++this.#turn;
    const isWanted = () => turn === this.#turn;
    const timer = setTimeout(() => isWanted() && slow(), SLOW);
    try {
      const answer = await this.#answer(asked, options, isWanted);
      if (isWanted()) show(answer);
    } catch (error) {
      if (isWanted()) fail(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The site may have been renewed since its index was opened, and a browser keeps what did not arrive whole: then all anew. */
  async #answer(asked, options, isWanted) {
    try {
      return await (await this.#opening).query(asked, options);
    } catch (error) {
      if (!isWanted()) throw error;
      const opening = this.#open((address, options) => fetch(address, { ...options, cache: "reload" }));
      const search = await opening;
      this.#opening = opening;
      return search.query(asked, options);
    }
  }

  /** Wants no answer any more. */
  forget() {
    this.#turn += 1;
  }
}

/** A polite live region within `parent`, as a function that says something there after a while. */
export function announcer(parent) {
  const region = element("p", { class: "visually-hidden", role: "status" });
  parent.append(region);
  let timer;
  return (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (region.textContent = text), QUIET);
  };
}
