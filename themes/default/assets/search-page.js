// The search page: the answers to what stands in its field, which is kept in the address, so that a search can be sent
// to somebody and the way back works.

import { Asker, PAUSE, announcer, correction, element, excerpt, facts, failure, headings, marked, nothing, words } from "./search-parts.js";

/** How many answers are shown at first, and more at a time. */
const MOST = 10;
/** How many tags are offered beside them. */
const MOST_TAGS = 8;

/** Makes a form search on its own page. */
export function attach(form, answers) {
  new Page(form, answers);
}

class Page {
  #form;
  #input;
  #answers;
  #asker;
  #say;
  #browse = document.getElementById("gp-browse");
  #title = document.title;
  /** Whether the next key is the first of a new question, to which the way back leads. */
  #isSettled = true;
  #timer;

  constructor(form, answers) {
    this.#form = form;
    this.#input = form.elements.q;
    this.#answers = answers;
    this.#asker = new Asker(form);
    this.#say = announcer(form);
    this.#input.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#go(this.#input.value, this.#isSettled), PAUSE);
    });
    this.#input.addEventListener("blur", () => (this.#isSettled = true));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(this.#timer);
      this.#answers.replaceChildren();
      this.#go(this.#input.value, this.#isSettled);
      this.#isSettled = true;
      // A keyboard on the screen would cover what is found.
      if (matchMedia("(pointer: coarse)").matches) this.#input.blur();
    });
    answers.addEventListener("click", (event) => this.#follow(event));
    addEventListener("popstate", () => this.#read());
    // Whoever typed while this was on its way is not interrupted.
    if (this.#input.value) this.#go(this.#input.value, true);
    else this.#read();
  }

  /** What the address asks. */
  #read() {
    const text = new URLSearchParams(location.search).get("q") ?? "";
    this.#input.value = text;
    this.#isSettled = true;
    this.#ask(text);
  }

  /** Asks, and keeps the question in the address. */
  #go(text, isNew) {
    const asked = new URLSearchParams(location.search).get("q") ?? "";
    if (text.trim() === asked.trim() && this.#answers.firstChild) return;
    const address = text.trim() ? `?q=${encodeURIComponent(text.trim())}` : location.pathname;
    if (text.trim() !== asked.trim()) history[isNew ? "pushState" : "replaceState"](null, "", address);
    this.#isSettled = false;
    this.#ask(text);
  }

  /** A link that asks something else is answered here. */
  #follow(event) {
    const link = event.target.closest("a");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const address = new URL(link.href);
    if (address.origin !== location.origin || address.pathname !== location.pathname) return;
    event.preventDefault();
    history.pushState(null, "", address);
    this.#read();
    this.#input.focus();
  }

  #ask(typed) {
    // A blank at the end says that the last word is whole.
    const text = typed.trim();
    document.title = text ? `${words.title(text)} | ${this.#title}` : this.#title;
    this.#browse.hidden = text !== "";
    this.#answers.hidden = text === "";
    if (!text) {
      this.#asker.forget();
      this.#answers.replaceChildren();
      return this.#say("");
    }
    this.#asker.ask(typed, { limit: MOST, offset: 0 }, {
      slow: () => this.#show([element("p", { class: "search-note" }, words.slow)], words.slow),
      titles: (answer) => this.#show(this.#page(answer, text), spoken(answer, text)),
      show: (answer) => {
        this.#show(this.#page(answer, text), spoken(answer, text));
        this.#offerMore(answer.total, text);
      },
      fail: (error) => this.#fail(error, () => this.#ask(typed)),
    });
  }

  #show(content, text) {
    const focused = this.#answers.contains(document.activeElement) && document.activeElement.getAttribute("href");
    this.#answers.replaceChildren(...content.filter(Boolean));
    // Whoever is at a title already stays there when excerpts arrive.
    if (focused) this.#answers.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
    this.#say(text);
  }

  #fail(error, retry) {
    // A script that did not arrive is not fetched twice by every browser.
    const note = failure(error, error.kind ? retry : () => location.reload());
    this.#show([element("div", { class: "search-note" }, ...note)], note[0].textContent);
  }

  #page(answer, text) {
    const filters = tagsIn(text);
    const facets = this.#facets(answer, text, filters);
    if (answer.results.length === 0) return [element("div", { class: "search-note" }, ...nothing(this.#form, text)), facets];
    const list = element("ol", { class: "cards found" }, ...answer.results.map(card));
    const count = element("p", { class: "count" }, `${words.howMany(answer.total)}`);
    return [correction(this.#form, answer, text), count, facets, list];
  }

  /** Puts a button there that adds more answers to the list. */
  #offerMore(total, text) {
    const list = this.#answers.querySelector(".found");
    if (!list || list.children.length >= total) return;
    const button = element("button", { type: "button", class: "button" }, words.more);
    button.addEventListener("click", () => {
      const from = list.children.length;
      this.#asker.ask(text, { limit: MOST, offset: from }, {
        slow: () => this.#say(words.slow),
        show: (answer) => {
          list.append(...answer.results.map(card));
          list.children[from]?.querySelector("a").focus();
          if (answer.results.length === 0 || list.children.length >= total) button.remove();
        },
        fail: (error) => this.#fail(error, () => this.#ask(text)),
      });
    });
    this.#answers.append(button);
  }

  /** The tags of what is found, each a link that keeps only the articles with it; those that are kept take it back. */
  #facets(answer, text, filters) {
    const link = (asked, ...children) => element("li", {}, element("a", { href: `?q=${encodeURIComponent(asked)}` }, ...children));
    const chosen = filters.map(({ tag, written }) => {
      const chip = link(text.replace(written, " ").replace(/\s+/g, " ").trim(), tag, " ×");
      chip.firstChild.setAttribute("aria-label", words.without(tag));
      chip.firstChild.setAttribute("class", "chosen");
      return chip;
    });
    const isChosen = (tag) => filters.some((filter) => filter.tag.toLowerCase() === tag.toLowerCase());
    const others = (answer.facets ?? [])
      .filter(({ tag, count }) => !isChosen(tag) && count < answer.total)
      .slice(0, MOST_TAGS)
      .map(({ tag, count }) => link(`${text} ${written(tag)}`, tag, " ", element("span", { class: "count" }, String(count))));
    if (chosen.length + others.length === 0) return null;
    return element("nav", { class: "facets", "aria-label": words.filter }, element("ul", { class: "chips" }, ...chosen, ...others));
  }
}

/** What is read out of an answer. */
function spoken(answer, text) {
  if (answer.results.length === 0) return words.nothing(text);
  return `${answer.corrected ? `${words.corrected(answer.corrected)} ` : ""}${words.howMany(answer.total)}`;
}

/** An article that is found. */
function card(result) {
  const title = element("h2", { class: "card-title" }, element("a", { href: result.href, dir: "auto" }, marked(result.title)));
  const text = element("p", { dir: "auto" }, excerpt(result));
  const about = element("ul", { class: "facts" }, ...facts(result).map((fact) => element("li", {}, fact)));
  const places = headings(result).map((heading) => element("li", {}, element("a", { href: heading.href, dir: "auto" }, heading.title)));
  const children = [title, text.textContent ? text : null, about.firstChild && about];
  return element("li", { class: "card" }, ...children, places.length ? element("ul", { class: "found-headings" }, ...places) : null);
}

/** The filters within a question: `tag:offers`, `tag:"two words"`. */
function tagsIn(text) {
  return [...text.matchAll(/(?<!\S)tag:(?:"([^"]*)"|(\S+))/giu)].map((match) => ({ written: match[0], tag: match[1] ?? match[2] }));
}

/** A tag as a filter. */
function written(tag) {
  return /[\s"]/u.test(tag) ? `tag:"${tag.replaceAll('"', "")}"` : `tag:${tag}`;
}
