// English words to their stems: the Snowball algorithm (https://snowballstem.org/algorithms/english/stemmer.html), as
// Guidepost's index uses it. `tests/search/words.tsv` holds the two together.

// The algorithm sees no marks.
export const letters = "";
export const stops = new Set(
  ("a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was " +
    "will with").split(" "),
);

const WHOLE = {
  skis: "ski", skies: "sky", dying: "die", lying: "lie", tying: "tie", idly: "idl", gently: "gentl", ugly: "ugli",
  early: "earli", only: "onli", singly: "singl",
};
const UNCHANGED = new Set("sky news howe atlas cosmos bias andes".split(" "));
const DONE_EARLY = new Set("inning outing canning herring earring proceed exceed succeed".split(" "));

const STEP_2 = {
  tional: "tion", enci: "ence", anci: "ance", abli: "able", entli: "ent", izer: "ize", ization: "ize", ational: "ate",
  ation: "ate", ator: "ate", alism: "al", aliti: "al", alli: "al", fulness: "ful", ousli: "ous", ousness: "ous",
  iveness: "ive", iviti: "ive", biliti: "ble", bli: "ble", ogi: "og", fulli: "ful", lessli: "less", li: "",
};
const STEP_3 = {
  tional: "tion", ational: "ate", alize: "al", icate: "ic", iciti: "ic", ical: "ic", ful: "", ness: "", ative: "",
};
const STEP_4 = Object.fromEntries(
  "al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize ion".split(" ").map((ending) => [ending, ""]),
);

/** The longest ending of `word` that `endings` has. */
function longest(word, endings) {
  for (let length = Math.min(7, word.length); length > 0; length--) {
    const ending = word.slice(-length);
    if (Object.hasOwn(endings, ending)) return ending;
  }
  return null;
}

/** Where the part after the first consonant that follows a vowel begins, from `from` on. */
function region(word, from) {
  const found = /[aeiouy][^aeiouy]/u.exec(word.slice(from));
  return found ? from + found.index + found[0].length : word.length;
}

const endsShort = (word) => /(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy])$/u.test(word);

export function stem(word) {
  if (Object.hasOwn(WHOLE, word)) return WHOLE[word];
  if (UNCHANGED.has(word) || [...word].length < 3) return word;
  // A `y` that is a consonant is a capital from here on.
  word = word.replace(/^y/, "Y").replace(/([aeiouy])y/g, "$1Y");
  const special = /^(?:gener|commun|arsen)/.exec(word);
  const r1 = special ? special[0].length : region(word, 0);
  const r2 = region(word, r1);
  const cut = (ending, replacement = "") => word.slice(0, word.length - ending.length) + replacement;

  if (word.endsWith("sses")) word = cut("es");
  else if (/ie[ds]$/.test(word)) word = cut("ied", [...word].length > 4 ? "i" : "ie");
  else if (/[aeiouy].*[^us]s$/u.test(word) && /[aeiouy].+s$/u.test(word)) word = cut("s");
  if (DONE_EARLY.has(word)) return word;

  const past = /(?:eed|eedly)$/.exec(word) ?? /(?:ed|edly|ing|ingly)$/.exec(word);
  if (past && past[0].startsWith("ee")) {
    if (past.index >= r1) word = cut(past[0], "ee");
  } else if (past && /[aeiouy]/.test(cut(past[0]))) {
    word = cut(past[0]);
    if (/(?:at|bl|iz)$/.test(word)) word += "e";
    else if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(word)) word = word.slice(0, -1);
    else if (word.length <= r1 && endsShort(word)) word += "e";
  }
  if (/.[^aeiouy][yY]$/u.test(word)) word = cut("y", "i");

  let ending = longest(word, STEP_2);
  if (ending && word.length - ending.length >= r1) {
    const before = cut(ending);
    const may = ending === "ogi" ? before.endsWith("l") : ending !== "li" || /[cdeghkmnrt]$/.test(before);
    if (may) word = before + STEP_2[ending];
  }
  ending = longest(word, STEP_3);
  if (ending && word.length - ending.length >= (ending === "ative" ? Math.max(r1, r2) : r1)) word = cut(ending, STEP_3[ending]);
  ending = longest(word, STEP_4);
  if (ending && word.length - ending.length >= r2 && (ending !== "ion" || /[st]$/.test(cut(ending)))) word = cut(ending);
  const last = word.length - 1;
  if (word.endsWith("e")) {
    if (last >= r2 || (last >= r1 && !endsShort(word.slice(0, -1)))) word = word.slice(0, -1);
  } else if (word.endsWith("ll") && last >= r2) word = word.slice(0, -1);
  return word.replaceAll("Y", "y");
}
