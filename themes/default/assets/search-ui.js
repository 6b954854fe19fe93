// Search, as far as every page has it: the keys that lead to the field, and fetching the rest once somebody goes there.
// What is shown is search-box.js and search-page.js; how articles are found is search.js.

const forms = [...document.querySelectorAll("form[data-search-root]")];
const answers = document.getElementById("gp-answers");
/** What the search page shows while nothing is searched for, and what it says there of a script that is missing. */
const browse = document.getElementById("gp-browse");
const lack = document.querySelector(".without-script");

/** How words become terms, by language. search.js asks for these too, but only when it has come and knows the index. */
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

/** Fetches what the search needs, all at once, and hands the form over to it. */
async function wake(form) {
  if (form.dataset.awake) return;
  form.dataset.awake = "yes";
  const root = fetch(form.dataset.searchRoot);
  // What fails is said to whoever asks.
  root.catch(() => {});
  const language = document.documentElement.lang.split("-")[0].toLowerCase();
  if (Object.hasOwn(STEMMERS, language)) STEMMERS[language]().catch(() => {});
  try {
    const [module] = await Promise.all([
      answers ? import("./search-page.js") : import("./search-box.js"),
      import("./search-parts.js"),
      import("./search.js"),
      import("./words.js"),
    ]);
    lack?.classList.remove("stays");
    module.attach(form, answers, root);
  } catch {
    // The form still leads to the search page, and that to every article. The next touch tries again.
    delete form.dataset.awake;
    lack?.classList.add("stays");
    if (browse) [browse.hidden, answers.hidden] = [false, true];
  }
}

/** Whether what is typed there belongs to something else. */
function takesText(target) {
  const field = target.closest?.("input, textarea, select, [contenteditable]");
  return field != null && !/^(checkbox|radio|button|submit|reset)$/.test(field.type);
}

/** Whether the reader lets a single key lead to the search; the search page has a box to tick for it. */
function slashIsOn() {
  try {
    return localStorage.getItem("gp-slash") !== "off";
  } catch {
    return true;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey || takesText(event.target)) return;
  const withControl = event.ctrlKey || event.metaKey;
  const isOurs = withControl ? event.key.toLowerCase() === "k" && !event.shiftKey : event.key === "/" && slashIsOn();
  const input = forms.map((form) => form.elements.q).find((input) => input.getClientRects().length > 0);
  if (!isOurs || !input) return;
  event.preventDefault();
  input.focus();
  input.select();
});

// An address that does not exist often tells what was looked for.
if (document.body.classList.contains("kind-not-found") && forms.length > 0) {
  const name = location.pathname.split("/").filter(Boolean).at(-1) ?? "";
  try {
    forms[0].elements.q.value = decodeURIComponent(name).replace(/\.\w+$/, "").replace(/[-_+]+/g, " ");
  } catch {
    // What follows its `%` signs spells nothing.
  }
}

for (const form of forms) {
  form.addEventListener("focusin", () => wake(form));
  // Somebody was faster than this script.
  if (form.contains(document.activeElement)) wake(form);
}
if (answers && forms.length > 0) {
  const form = answers.closest("main").querySelector("form[data-search-root]");
  const asked = new URLSearchParams(location.search).get("q")?.trim();
  if (asked) {
    form.elements.q.value = asked;
    browse.hidden = true;
    // The room for the answers is theirs from now on: what stands below it would move when they come.
    answers.hidden = false;
    wake(form);
  }
  const box = document.getElementById("gp-slash");
  box.checked = slashIsOn();
  box.closest(".search-keys").hidden = false;
  box.addEventListener("change", () => {
    try {
      localStorage.setItem("gp-slash", box.checked ? "on" : "off");
    } catch {
      // A browser that keeps nothing asks again on the next page.
    }
  });
}
