// Search without a server: asks the files below `/search/`, in a browser or in Node. Nothing here knows of a page.
//
// What a word is and what an article is worth is the same as in Guidepost itself (`src/search/`); the files are described
// in `src/search/FORMAT.md`.

// Words.

/** Characters that are searched in pairs: Thai, Hangul, Hiragana, Katakana, Han. */
const PAIRED =
  "\\u0e01-\\u0e3a\\u0e40-\\u0e4e\\u1100-\\u11ff\\u3005-\\u3007\\u3021-\\u3029\\u3038-\\u303b\\u3041-\\u3096\\u309d-\\u309f" +
  "\\u30a1-\\u30fa\\u30fc-\\u30ff\\u3131-\\u318e\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua960-\\ua97c\\uac00-\\ud7a3" +
  "\\ud7b0-\\ud7fb\\uf900-\\ufaff\\uff66-\\uffdc\\u{20000}-\\u{323af}";
const LETTER = "[\\p{Alphabetic}\\p{Nd}\\p{Nl}\\p{No}]";
const MARK = `(?![${PAIRED}]|${LETTER})\\p{M}`;
const RUN = new RegExp(`([${PAIRED}](?:[${PAIRED}]|${MARK})*)|(?:(?![${PAIRED}])${LETTER})(?:(?![${PAIRED}])${LETTER}|${MARK})*`, "gu");
const IS_LETTER = new RegExp(LETTER, "u");
const LONGEST_WORD = 64;

/** A word as it is compared: without differences of case, width and marks. */
export function fold(word) {
  if (/^[a-z0-9]*$/.test(word)) return word.slice(0, LONGEST_WORD);
  const letters = [...word.normalize("NFKD").replace(/\p{M}/gu, "")].map((c) => c.toLowerCase()).join("");
  return [...letters].filter((c) => IS_LETTER.test(c)).slice(0, LONGEST_WORD).join("");
}

/** The words of a text: what each is compared by, whether it is a pair, and where it stands. */
export function words(text) {
  const found = [];
  for (const match of text.matchAll(RUN)) {
    const [run, isPaired] = match;
    const from = match.index;
    if (!isPaired) {
      const word = fold(run);
      if (word) found.push({ word, isPair: false, from, to: from + run.length });
      continue;
    }
    const letters = [...run.normalize("NFKC")];
    const written = [...run];
    if (letters.length === 1) found.push({ word: letters[0], isPair: true, from, to: from + run.length });
    let at = from;
    for (let i = 0; i + 1 < letters.length; i++) {
      const isSame = letters.length === written.length;
      const to = isSame ? at + written[i].length + written[i + 1].length : from + run.length;
      found.push({ word: letters[i] + letters[i + 1], isPair: true, from: isSame ? at : from, to });
      if (isSame) at += written[i].length;
    }
  }
  return found;
}

/** The terms of a text for a language's stemmer (`{ stem, stops }`), without the commonest words unless there are no others. */
export function terms(text, language) {
  const all = words(text).map((word) => ({ ...word, term: word.isPair || !language ? word.word : language.stem(word.word) }));
  const telling = all.filter((word) => word.isPair || !language?.stops.has(word.word));
  return telling.length > 0 ? telling : all;
}
