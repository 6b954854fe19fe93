// The results below a search field while somebody types: an editable combobox with a list, as the ARIA Authoring
// Practices describe it (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). The options are links.

import { Asker, PAUSE, announcer, correction, element, excerpt, facts, failure, headings, marked, nothing, pageFor, words } from "./search-parts.js";

/** How many articles are offered at once. */
const MOST = 5;

/** Gives a search form its list. */
export function attach(form) {
  new Box(form);
}

class Box {
  #form;
  #input;
  #asker;
  #say;
  /** What stands above the list: what was corrected, what is slow, what failed. */
  #note = element("div", { class: "search-note" });
  #list;
  #panel;
  /** The option that Enter opens; -1 is the field itself. */
  #active = -1;
  #timer;

  constructor(form) {
    this.#form = form;
    this.#input = form.elements.q;
    this.#asker = new Asker(form);
    const id = `${this.#input.id}-list`;
    this.#list = element("div", { role: "listbox", id, "aria-label": words.results, hidden: "" });
    this.#panel = element("div", { class: "search-panel", hidden: "" }, this.#note, this.#list);
    form.append(this.#panel);
    this.#say = announcer(form);
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(attributes)) this.#input.setAttribute(name, value);
    this.#input.addEventListener("input", () => this.#wait());
    this.#input.addEventListener("keydown", (event) => this.#press(event));
    // A click in the panel leaves the focus in the field, so that the panel stays until the click has been heard.
    this.#panel.addEventListener("mousedown", (event) => event.preventDefault());
    form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || this.#close());
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.target === this.#input || this.#panel.hidden) return;
      this.#input.focus();
      this.#close();
    });
    // Whoever typed while this was on its way.
    if (this.#input.value.trim()) this.#wait();
  }

  get #options() {
    return this.#list.children;
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#activate(-1);
    if (!this.#input.value.trim()) return this.#close();
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  #ask() {
    // A blank at the end says that the last word is whole.
    const typed = this.#input.value.trimStart();
    const text = typed.trimEnd();
    if (!text) return;
    this.#asker.ask(typed, { limit: MOST }, {
      slow: () => this.#open([element("p", {}, words.slow)], [], words.slow),
      titles: (answer) => this.#show(answer, text),
      show: (answer) => this.#show(answer, text),
      fail: (error) => this.#fail(error),
    });
  }

  #show(answer, text) {
    if (answer.results.length === 0) return this.#open(nothing(this.#form, text), [], words.nothing(text));
    const options = answer.results.flatMap(optionsOf);
    if (answer.total > answer.results.length) {
      options.push(option("option-all", pageFor(this.#form, text), words.all(answer.total, text)));
    }
    options.forEach((one, at) => (one.id = `${this.#list.id}-${at}`));
    const note = correction(this.#form, answer, text);
    const corrected = answer.corrected ? `${words.corrected(answer.corrected)} ` : "";
    this.#open(note ? [note] : [], options, `${corrected}${words.howMany(answer.total)}. ${words.howToChoose}`);
  }

  #fail(error) {
    // A script that did not arrive is not fetched twice by every browser: then the search page starts afresh.
    const retry = error.kind ? () => (this.#input.focus(), this.#ask()) : () => this.#form.requestSubmit();
    const note = failure(error, retry);
    this.#open(note, [], note[0].textContent);
  }

  #open(note, options, spoken) {
    // Whoever has chosen already keeps the choice when excerpts arrive.
    const chosen = this.#options[this.#active]?.getAttribute("href");
    this.#note.replaceChildren(...note);
    this.#list.replaceChildren(...options);
    this.#list.hidden = options.length === 0;
    this.#list.scrollTop = 0;
    this.#panel.hidden = false;
    this.#activate(options.findIndex((option) => option.getAttribute("href") === chosen));
    this.#input.setAttribute("aria-expanded", String(options.length > 0));
    this.#say(spoken);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asker.forget();
    this.#activate(-1);
    this.#panel.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#say("");
  }

  /** Makes an option the one that Enter opens. */
  #activate(at) {
    this.#options[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = at;
    const option = this.#options[at];
    if (!option) return this.#input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", option.id);
  }

  #press(event) {
    if (event.isComposing) return;
    const isOpen = !this.#panel.hidden;
    const count = isOpen ? this.#options.length : 0;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp": {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        if (event.altKey) return event.key === "ArrowUp" ? this.#close() : this.#ask();
        if (!isOpen) return this.#ask();
        // The field itself stands between the last option and the first.
        const step = event.key === "ArrowDown" ? 1 : -1;
        return this.#activate(((this.#active + 1 + step + count + 1) % (count + 1)) - 1);
      }
      case "Enter":
        if (this.#active < 0) return;
        event.preventDefault();
        return this.#options[this.#active].click();
      case "Escape":
        event.preventDefault();
        if (isOpen) return this.#close();
        this.#input.value = "";
        return;
      case "Home":
      case "End":
      case "ArrowLeft":
      case "ArrowRight":
        // They move the cursor in the field, where the reader is then.
        return this.#activate(-1);
    }
  }
}

/** An article and its headings as options. */
function optionsOf(result) {
  const line = element("span", { class: "option-facts" });
  facts(result).forEach((fact, at) => line.append(...(at ? [" · ", fact] : [fact])));
  const title = element("span", { class: "option-title", dir: "auto" }, marked(result.title));
  const text = element("span", { class: "option-text", dir: "auto" }, excerpt(result));
  const made = [option("option-article", result.href, title, " ", line, " ", text)];
  for (const heading of headings(result)) made.push(option("option-heading", heading.href, element("span", { dir: "auto" }, heading.title)));
  return made;
}

function option(kind, href, ...children) {
  return element("a", { role: "option", class: kind, href, tabindex: "-1", "aria-selected": "false" }, ...children);
}
