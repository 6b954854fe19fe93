// What scripts say, in the site's language. The program puts two constants before the first line: `language`, and `words`,
// which is what stands below `scripts:` in the theme's files of words. Whatever is put into a text is only ever text.

/** How numbers, days, kinds of numbers and lists are written, made once: that takes long. Digits are those of the pages. */
let made;
function formats() {
  const make = (language) => ({
    numbers: new Intl.NumberFormat(language, { numberingSystem: "latn" }),
    days: new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC", calendar: "gregory", numberingSystem: "latn" }),
    plurals: new Intl.PluralRules(language),
    lists: new Intl.ListFormat(language, { type: "disjunction" }),
  });
  try {
    return (made ??= make(language));
  } catch {
    // The browser knows no such language.
    return (made ??= make());
  }
}

/** Makes ready what takes long. */
export const prepare = () => formats().days.format(0);

/** `2026-11-22` as the language writes it. */
export function longDay(text) {
  const day = new Date(text);
  return Number.isNaN(day.getTime()) ? text : formats().days.format(day);
}

/** Words in a row, of which one is meant. */
export const anyOf = (list) => formats().lists.format(list);

/** The pieces of a text: what stands there, places `{name}`, links `[words]({name})`; `n` decides between its forms. */
function pieces(key, values) {
  const text = words[key];
  const form = typeof text === "string" ? text : (text[formats().plurals.select(values.n ?? 0)] ?? text.other);
  return [...form.matchAll(/\[([^[\]]*)\]\(\{([a-z_]+)\}\)|\{([a-z_]+)\}|[^[{]+|[[{]/gu)];
}

/** A text with what belongs in its places. */
export function say(key, values = {}) {
  const written = (name) => (typeof values[name] === "number" ? formats().numbers.format(values[name]) : values[name]);
  return pieces(key, values).map(([piece, label, , name]) => label ?? (name ? written(name) : piece)).join("");
}

/** The same as a list of texts and links. */
export function saySome(key, values = {}) {
  return pieces(key, values).map(([piece, label, href, name]) => {
    if (label === undefined) return name ? values[name] : piece;
    const link = document.createElement("a");
    link.href = values[href];
    link.textContent = label;
    return link;
  });
}

/** What is asked, in quotation marks unless it has some. */
export const quoted = (text) => (/["“”„«»]/.test(text) ? text : say("quoted", { text }));
