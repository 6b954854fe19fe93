// Search, as far as every page has it: the keys that lead to the field, and fetching the rest once somebody goes there.
// What is shown is search-box.js and search-page.js; how articles are found is search.js.

const forms = [...document.querySelectorAll("form[data-search-root]")];
const answers = document.getElementById("gp-answers");

/** Fetches what the search needs, all at once, and hands the form over to it. */
async function wake(form) {
  if (form.dataset.awake) return;
  form.dataset.awake = "yes";
  try {
    const [module] = await Promise.all([
      answers ? import("./search-page.js") : import("./search-box.js"),
      import("./search-parts.js"),
      import("./search.js"),
    ]);
    module.attach(form, answers);
  } catch {
    // Nothing is lost: the form still leads to the search page. The next touch tries again.
    delete form.dataset.awake;
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
  if (new URLSearchParams(location.search).get("q")) wake(form);
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
