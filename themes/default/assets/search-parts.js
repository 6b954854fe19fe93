// What the field and the search page share: their words, how an article that is found is shown, the way to the index, and
// what is said when it is slow or fails. Whatever comes from a reader or from the index is only ever text.

/** All that the search says. A site in another language replaces these. */
export const words = {
  results: "Search results",
  howMany: (count) => (count === 1 ? "1 result" : `${count} results`),
  howToChoose: "Use the arrow keys to look through them.",
  all: (count, text) => `All ${count} results for “${text}”`,
  more: "Show more results",
  corrected: (text) => `Showing results for “${text}”.`,
  asTyped: (text) => `Search for “${text}” instead`,
  nothing: (text) => `Nothing is found for “${text}”.`,
  otherwise: "Try other words or fewer of them, or look through",
  tags: "all tags",
  or: "or",
  aToZ: "all articles from A to Z",
  slow: "Still looking. The connection is slow.",
  network: "The search could not be loaded. Are you connected to the internet?",
  damaged: "A part of the search could not be read.",
  renewed: "This site has been renewed since you opened this page.",
  retry: "Try again",
  reload: "Reload the page",
  filter: "Only articles with the tag",
  without: (tag) => `${tag}, take this filter away`,
  title: (text) => `“${text}”`,
};

/** Milliseconds without a key until the search begins, and without an answer until that is said. */
export const PAUSE = 120;
const SLOW = 1000;
/** Milliseconds until the number of results is read out: whoever types on is not interrupted. */
const QUIET = 600;

/** An element with attributes and children; text stays text. Children that are nothing are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children.filter((child) => child != null && child !== ""));
  return made;
}

/** Text of which some is marked. */
export function marked(parts) {
  const text = new DocumentFragment();
  text.append(...parts.map((part) => (part.mark ? element("mark", {}, part.text) : part.text)));
  return text;
}

/** Section and date of a result, each as an element of its own. */
export function facts(result) {
  const made = [];
  if (result.section) made.push(element("span", {}, result.section));
  if (result.date) made.push(element("time", { datetime: result.date }, longDate(result.date)));
  return made;
}

/** `2026-11-22` in the words of the page's language. */
function longDate(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  return date.toLocaleDateString(document.documentElement.lang || "en", { dateStyle: "long", timeZone: "UTC" });
}

/** What of an article to show: the excerpt, else its one sentence. */
export function excerpt(result) {
  if (result.excerpt?.parts.length) return marked(result.excerpt.parts);
  return result.lead ?? "";
}

/** The headings to offer, that of the excerpt first. */
export function headings(result) {
  const all = [result.excerpt?.heading, ...(result.headings ?? [])].filter(Boolean);
  return all.filter((heading, at) => all.findIndex((other) => other.href === heading.href) === at).slice(0, 3);
}

/** The address of the search page for a question. */
export function pageFor(form, text) {
  return `${form.getAttribute("action")}?q=${encodeURIComponent(text)}`;
}

/** “Showing results for …”, with the way to what was typed. */
export function correction(form, answer, text) {
  if (!answer.corrected) return null;
  const link = element("a", { href: pageFor(form, asTyped(text, answer.corrected)) }, words.asTyped(text));
  return element("p", { class: "search-corrected" }, `${words.corrected(answer.corrected)} `, link);
}

/** A question with its corrected words in quotation marks: what is quoted is taken as it is. */
function asTyped(text, corrected) {
  const kept = new Set(corrected.toLowerCase().split(/\s+/));
  return text.replace(/\S+/gu, (word) => (kept.has(word.toLowerCase()) || /^tag:|"/iu.test(word) ? word : `"${word}"`));
}

/** Nothing is found, and where to go instead. */
export function nothing(form, text) {
  const link = (href, title) => element("a", { href }, title);
  const ways = [link(form.dataset.tags, words.tags), ` ${words.or} `, link(form.dataset.aZ, words.aToZ)];
  return [element("p", {}, element("strong", {}, words.nothing(text))), element("p", {}, `${words.otherwise} `, ...ways, ".")];
}

/** What went wrong, and a button that may put it right. */
export function failure(error, retry) {
  const [text, label, act] =
    error.kind === "format"
      ? [words.renewed, words.reload, () => location.reload()]
      : [error.kind === "damaged" ? words.damaged : words.network, words.retry, retry];
  const button = element("button", { type: "button", class: "button" }, label);
  button.addEventListener("click", act);
  return [element("p", {}, text), element("p", {}, button)];
}

/** The index, opened when it is first asked and again after it failed. */
export function connect(root) {
  let opening;
  const open = () => {
    opening ??= import("./search.js").then((core) => core.open(root));
    opening.catch(() => (opening = undefined));
    return opening;
  };
  return {
    open,
    query: async (text, options) => (await open()).query(text, options),
  };
}

/**
 * Asks one question at a time: an answer that another question has overtaken is dropped. `slow`, `titles`, `show` and
 * `fail` are told how it goes: `titles` of an answer that still lacks what stands below its titles.
 */
export class Asker {
  #client;
  #turn = 0;

  constructor(form) {
    this.#client = connect(form.dataset.searchRoot);
    // Meant for whoever types next; what fails is said then.
    this.#client.open().catch(() => {});
  }

  async ask(text, options, { slow, titles, show, fail }) {
    const turn = ++this.#turn;
    const isOvertaken = () => turn !== this.#turn;
    const timer = setTimeout(() => isOvertaken() || slow(), SLOW);
    const early = (answer) => {
      clearTimeout(timer);
      if (!isOvertaken()) titles?.(answer);
    };
    try {
      const answer = await this.#client.query(text, { ...options, early });
      if (!isOvertaken()) show(answer);
    } catch (error) {
      if (!isOvertaken()) fail(error);
    } finally {
      clearTimeout(timer);
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
