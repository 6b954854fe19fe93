// The results below a search field while somebody types: an editable combobox with a list, as the ARIA Authoring
// Practices describe it (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). The options are links.

import { Asker, announcer, correction, element, excerpt, facts, failure, headings, marked, nothing, onPause, pageFor, question, slowness, spoken } from "./search-parts.js";
import { quoted, say } from "./words.js";

/** How many articles are offered at once, and of the headings of each. */
const MOST = 5;
const MOST_HEADINGS = 2;

/** Gives a search form its list. */
export function attach(form, answers, root) {
  new Box(form, root);
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
  #stay;

  constructor(form, root) {
    this.#form = form;
    this.#input = form.elements.q;
    this.#asker = new Asker(form, root);
    const id = `${this.#input.id}-list`;
    this.#list = element("div", { role: "listbox", id, "aria-label": say("results"), hidden: "" });
    this.#panel = element("div", { class: "search-panel", hidden: "" }, this.#note, this.#list);
    form.append(this.#panel);
    this.#say = announcer(form);
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(attributes)) this.#input.setAttribute(name, value);
    this.#stay = onPause(this.#input, () => this.#ask());
    this.#input.addEventListener("input", () => (this.#input.value.trim() ? this.#activate(-1) : this.#close()));
    this.#input.addEventListener("click", () => this.#panel.hidden && this.#ask());
    this.#input.addEventListener("keydown", (event) => this.#press(event));
    // A click in the panel leaves the focus in the field, so that the panel stays until the click has been heard.
    this.#panel.addEventListener("mousedown", (event) => event.preventDefault());
    form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || this.#close());
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.target === this.#input || this.#panel.hidden) return;
      this.#input.focus();
      this.#close();
    });
    // Whoever typed while this was on its way, and is still there: a list over the page is for nobody else.
    if (form.contains(document.activeElement)) this.#ask();
  }

  get #options() {
    return this.#list.children;
  }

  #ask() {
    this.#stay();
    const asked = question(this.#input.value);
    if (!asked.trim()) return;
    this.#asker.ask(asked, { limit: MOST }, {
      slow: () => this.#open(slowness(this.#form), [], say("slow")),
      show: (answer) => this.#show(answer, asked),
      fail: (error) => this.#fail(error),
    });
  }

  #show(answer, asked) {
    const { results, total, isPartial, corrected } = answer;
    if (results.length === 0) return this.#open(nothing(this.#form, asked), [], spoken(answer, asked));
    const options = results.flatMap(optionsOf);
    if (isPartial || total > results.length) {
      options.push(option("option-all", pageFor(this.#form, asked), say(isPartial ? "all_of_many_for" : "all_for", { n: total, asked: quoted((corrected ?? asked).trim()) })));
    }
    options.forEach((one, at) => (one.id = `${this.#list.id}-${at}`));
    this.#open([correction(answer, asked)].filter(Boolean), options, `${spoken(answer, asked)} ${say("how_to_choose")}`);
  }

  #fail(error) {
    const note = failure(this.#form, error, () => (this.#input.focus(), this.#ask()));
    this.#open(note, [], note[0].textContent);
  }

  #open(note, options, said) {
    // Whoever has chosen already keeps the choice.
    const chosen = this.#options[this.#active]?.getAttribute("href");
    this.#note.replaceChildren(...note);
    this.#list.replaceChildren(...options);
    this.#list.hidden = options.length === 0;
    this.#list.scrollTop = 0;
    this.#panel.hidden = false;
    this.#activate(options.findIndex((option) => option.getAttribute("href") === chosen));
    this.#input.setAttribute("aria-expanded", String(options.length > 0));
    this.#say(said);
  }

  #close() {
    this.#stay();
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
    // Keys that compose a word are none of ours; Safari says so of the last one by its number alone.
    if (event.isComposing || event.keyCode === 229) return;
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
  const within = say("within", { title: say("quoted", { text: title.textContent }) });
  const places = headings(result).slice(0, MOST_HEADINGS).map((heading) =>
    option("option-heading", heading.href, element("span", { dir: "auto" }, heading.title), element("span", { class: "visually-hidden" }, within)),
  );
  return [option("option-article", result.href, title, " ", line, " ", text), ...places];
}

function option(kind, href, ...children) {
  return element("a", { role: "option", class: kind, href, tabindex: "-1", "aria-selected": "false" }, ...children);
}
