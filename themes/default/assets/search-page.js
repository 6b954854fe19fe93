// The search page: the answers to what stands in its field, which is kept in the address, so that a search can be sent
// to somebody and the way back works.

import { Asker, announcer, correction, element, excerpt, facts, failure, headings, howMany, marked, nothing, onPause, pageFor, question, slowness, spoken } from "./search-parts.js";
import { quoted, say } from "./words.js";

/** How many answers are shown at first, and more at a time. */
const MOST = 10;
/** So many come with an excerpt at once, as many as there is room for on a screen; the others when they come into view. */
const MOST_EXCERPTS = 4;
/** How many tags are offered beside them. */
const MOST_TAGS = 8;

/** Makes a form search on its own page. */
export function attach(form, answers, root) {
  new Page(form, answers, root);
}

class Page {
  #form;
  #input;
  #answers;
  #asker;
  #say;
  #browse = document.getElementById("gp-browse");
  #title = document.title;
  /** The list of what is found, while there is one. */
  #list = null;
  /** What is asked and shown, or on its way. */
  #asked = null;
  /** Whether the next key is the first of a new question, to which the way back leads. */
  #isSettled = true;

  constructor(form, answers, root) {
    this.#form = form;
    this.#input = form.elements.q;
    this.#answers = answers;
    this.#asker = new Asker(form, root);
    this.#say = announcer(form);
    const stay = onPause(this.#input, () => this.#go());
    this.#input.addEventListener("blur", () => (this.#isSettled = true));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      stay();
      // Whoever asks the same again wants another try.
      this.#asked = null;
      this.#go();
      this.#isSettled = true;
      // A keyboard on the screen would cover what is found.
      if (matchMedia("(pointer: coarse)").matches) this.#input.blur();
    });
    answers.addEventListener("click", (event) => this.#follow(event));
    addEventListener("popstate", () => this.#read());
    addEventListener("pagehide", () => this.#remember());
    // Whoever typed while this was on its way is not interrupted.
    if (this.#input.value && this.#input === document.activeElement) this.#go();
    else this.#read();
  }

  /** What the address asks. */
  #read() {
    const asked = question(new URLSearchParams(location.search).get("q") ?? "");
    if (asked === this.#asked) return;
    this.#input.value = asked;
    this.#isSettled = true;
    this.#ask(asked, history.state ?? {});
  }

  /** Asks what is typed, and keeps it in the address. */
  #go() {
    const asked = question(this.#input.value);
    if (asked === this.#asked) return;
    const before = question(new URLSearchParams(location.search).get("q") ?? "");
    if (asked !== before) this.#keep(asked, this.#isSettled);
    this.#isSettled = false;
    this.#ask(asked);
  }

  #keep(asked, isNew) {
    const address = asked.trim() ? pageFor(this.#form, asked) : this.#form.getAttribute("action");
    if (isNew) this.#remember();
    history[isNew ? "pushState" : "replaceState"](null, "", address);
  }

  /** Keeps how far the reader has come, for the way back. */
  #remember() {
    if (this.#list) history.replaceState(this.#list.state, "");
  }

  /** A link that asks something else is answered here. */
  #follow(event) {
    const link = event.target.closest("a");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const address = new URL(link.href);
    if (address.origin !== location.origin || address.pathname !== location.pathname) return;
    event.preventDefault();
    this.#keep(address.searchParams.get("q") ?? "", true);
    this.#read();
    this.#input.focus({ preventScroll: true });
  }

  /** `before`: how far the reader had come when this was asked the last time. */
  #ask(asked, before = {}) {
    const text = asked.trim();
    this.#asked = asked;
    this.#list = null;
    document.title = text ? `${quoted(text)} | ${this.#title}` : this.#title;
    this.#browse.hidden = text !== "";
    this.#answers.hidden = text === "";
    if (!text) {
      this.#asker.forget();
      this.#answers.replaceChildren();
      return this.#say("");
    }
    this.#asker.ask(asked, { limit: Math.max(MOST, before.shown ?? 0), excerpts: Math.max(MOST_EXCERPTS, before.whole ?? 0) }, {
      slow: () => this.#show([note(slowness(this.#form))], say("slow")),
      show: (answer) => {
        this.#show(this.#page(answer, asked), spoken(answer, asked));
        this.#list?.scrollTo(before);
      },
      fail: (error) => {
        const said = failure(this.#form, error, () => this.#ask(asked));
        this.#show([note(said)], said[0].textContent);
      },
    });
  }

  #show(content, said) {
    this.#answers.replaceChildren(...content.filter(Boolean));
    this.#say(said);
  }

  #page(answer, asked) {
    const filters = filtersOf(asked);
    const kept = filters.length > 0 && this.#kept(filters, asked);
    if (answer.results.length === 0) return [note(nothing(this.#form, asked)), kept];
    const list = (this.#list = new List());
    list.add(answer.results);
    const corrected = correction(answer, asked);
    const count = element("p", { class: "count" });
    const tell = ({ total, isPartial }) => (count.textContent = howMany(total, isPartial, corrected ? undefined : asked.trim()));
    tell(answer);
    const main = element("div", { class: "article-main" }, list.element, this.#more(answer, asked, list, tell));
    const facets = this.#facets(answer, filters, asked);
    return [corrected, count, kept, element("div", facets ? { class: "with-contents" } : {}, facets, main)];
  }

  /** A button that adds more answers to the list; `tell` is told how many there are then. */
  #more({ total, isPartial }, asked, list, tell) {
    if (!isPartial && list.length >= total) return null;
    const button = element("button", { type: "button", class: "button" }, say("more"));
    const place = element("div", {}, button);
    const add = () => {
      const from = list.length;
      const instead = (said) => {
        place.replaceChildren(note(said));
        this.#say(said[0].textContent);
      };
      this.#asker.ask(asked, { limit: MOST, offset: from, excerpts: 1 }, {
        slow: () => instead(slowness(this.#form)),
        show: (answer) => {
          list.add(answer.results);
          tell(answer);
          const next = answer.results.length > 0 && this.#more(answer, asked, list, tell);
          place.replaceWith(...(next ? [next] : []));
          list.focus(from);
        },
        fail: (error) => instead(failure(this.#form, error, add)),
      });
    };
    button.addEventListener("click", add);
    return place;
  }

  /** The tags within a question, each a link that takes it away. */
  #kept(filters, asked) {
    const link = ({ written, tag }) => {
      const href = pageFor(this.#form, question(asked.replace(written, " ").replace(/\s+/g, " ")));
      return element("li", {}, element("a", { href, "aria-label": say("without", { tag }) }, tag, " ×"));
    };
    return element("ul", { class: "chips kept" }, ...filters.map(link));
  }

  /** The tags of what is found, each a link that keeps only the articles with it. They stand as the contents of an article do. */
  #facets({ facets, total, isPartial }, filters, asked) {
    const isKept = (tag) => filters.some((filter) => plain(filter.tag) === plain(tag));
    // Before the words, so that the last of them stays the last: it may be the beginning of one.
    const link = ({ tag, count }) => {
      const href = pageFor(this.#form, `${filter(tag)} ${asked}`);
      if (count == null) return element("a", { href }, tag);
      return element("a", { href, "aria-label": `${tag}, ${howMany(count)}` }, tag, element("span", { class: "count" }, ` ${count}`));
    };
    const tags = (facets ?? []).filter(({ tag, count }) => !isKept(tag) && (isPartial || count !== total)).slice(0, MOST_TAGS);
    if (tags.length === 0) return null;
    const list = element("ul", {}, ...tags.map((tag) => element("li", {}, link(tag))));
    const folded = element("details", {}, element("summary", {}, say("filter")), list);
    return element("nav", { class: "contents facets", "aria-label": say("filter") }, element("p", { class: "contents-title", "aria-hidden": "true" }, say("filter")), folded);
  }
}

const note = (content) => element("div", { class: "search-note" }, ...content);

/** The articles that are found. One without its excerpt gets it when it is about to be seen. */
class List {
  element = element("ol", { class: "cards found" });
  /** The articles that still lack theirs, and what gets it. */
  #late = new Map();
  #observer = new IntersectionObserver((entries) => this.#see(entries), { rootMargin: `${Math.max(innerHeight / 2, 300)}px 0px` });

  get length() {
    return this.element.children.length;
  }

  add(results) {
    for (const result of results) {
      const card = element("li", { class: "card" }, title(result), ...about(result));
      this.element.append(card);
      if (!result.more) continue;
      this.#late.set(card, result.more);
      this.#observer.observe(card);
    }
  }

  /** What stands above an article gets its excerpt, too: it would move the article later on. */
  #see(entries) {
    const seen = new Set(entries.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target));
    const late = [...this.#late];
    for (const [card, more] of late.slice(0, 1 + late.findLastIndex(([card]) => seen.has(card)))) {
      this.#late.delete(card);
      this.#observer.unobserve(card);
      this.#complete(card, more);
    }
  }

  async #complete(card, more) {
    try {
      const children = about(await more());
      // Its title stays, which may have the focus.
      while (card.children.length > 1) card.lastChild.remove();
      card.append(...children);
    } catch {
      // It has its one sentence already.
    }
  }

  focus(at) {
    (this.element.children[at] ?? this.element.lastElementChild).querySelector("a").focus();
  }

  /** How many articles there are, up to which of them they have excerpts, which is the first in the window, and where. */
  get state() {
    const cards = [...this.element.children];
    const first = cards.findIndex((card) => card.getBoundingClientRect().bottom > 0);
    const at = first < 0 ? cards.length - 1 : first;
    const whole = 1 + cards.findLastIndex((card) => !this.#late.has(card));
    return { shown: cards.length, whole, at, top: cards[at].getBoundingClientRect().top, isMoved: scrollY > 0 };
  }

  /** Puts an article where it was. */
  scrollTo({ at, top, isMoved }) {
    const card = this.element.children[at];
    if (card && isMoved) scrollBy({ top: card.getBoundingClientRect().top - top, behavior: "instant" });
  }
}

const title = (result) => element("h2", { class: "card-title" }, element("a", { href: result.href, dir: "auto" }, marked(result.title)));

/** What stands below the title of an article. */
function about(result) {
  const text = element("p", { dir: "auto" }, excerpt(result));
  const line = element("ul", { class: "facts" }, ...facts(result).map((fact) => element("li", {}, fact)));
  const places = headings(result).map((heading) => element("li", {}, element("a", { href: heading.href, dir: "auto" }, heading.title)));
  return [line, text, element("ul", { class: "found-headings" }, ...places)].filter((one) => one.firstChild);
}

/** The filters within a question: `tag:offers`, `tag:"two words"`. What is in quotation marks is none. */
function filtersOf(asked) {
  const matches = [...asked.matchAll(/(?:^|\s)(tag:(?:"([^"]*)"?|([^\s"]+)))|"[^"]*"?/giu)];
  return matches.filter((match) => match[1]).map((match) => ({ written: match[1], tag: match[2] ?? match[3] }));
}

/** A tag as a filter. */
const filter = (tag) => (/[\s"]/u.test(tag) ? `tag:"${tag.replaceAll('"', "")}"` : `tag:${tag}`);

/** A tag as tags are compared. */
const plain = (tag) => tag.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
