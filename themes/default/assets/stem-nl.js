// Dutch words to their stems: the Snowball algorithm (https://snowballstem.org/algorithms/dutch/stemmer.html), as
// Guidepost's index uses it. `tests/search/words.tsv` holds the two together.

// Acutes and diaereses are gone before a word comes here: the algorithm begins by taking them off.
export const letters = "è";
export const stops = new Set(
  ("aan als bij dan dat de der die dit door een en er had heb heeft het hij ik in is je maar met na naar niet of om onder ook " +
    "op over te tot u uit van voor want was wat we wel wij wordt ze zich zij zijn zo").split(" "),
);

/** Where the part after the first consonant that follows a vowel begins, from `from` on. */
function region(word, from) {
  const found = /[aeiouyè][^aeiouyè]/u.exec(word.slice(from));
  return found ? from + found.index + found[0].length : word.length;
}

const undouble = (word) => word.replace(/(?:kk|dd|tt)$/, (two) => two[0]);

export function stem(word) {
  // An `i` between vowels and a `y` after one or at the beginning are consonants, and capitals from here on.
  word = word.replace(/^y/, "Y").replace(/([aeiouyè])(i(?=[aeiouyè])|y)/g, (_, before, c) => before + c.toUpperCase());
  const first = region(word, 0);
  // The algorithm counts bytes here.
  const r1 = first < 3 && /^[\0-\x7f]{2}/.test(word) ? 3 : first;
  const r2 = region(word, first);
  /** Takes an ending off that stands in a region; returns whether it did. */
  const drop = (ending, from) => {
    const found = ending.exec(word);
    if (!found || found.index < from) return false;
    word = word.slice(0, found.index);
    return true;
  };
  const dropEn = (ending) => drop(ending, r1) && (word = undouble(word));
  const dropE = () => drop(/(?<=[^aeiouyè])e$/u, r1) && ((word = undouble(word)), true);

  const plural = /(?:heden|ene?|se?)$/.exec(word)?.[0] ?? "";
  if (plural === "heden") drop(/heden$/, r1) && (word += "heid");
  else if (plural[0] === "e") dropEn(/(?<=[^aeiouyè])(?<!gem)ene?$/u);
  else if (plural) drop(/(?<=[^aeijouyè])se?$/u, r1);
  const hadE = dropE();
  if (drop(/(?<!c)heid$/, r2)) dropEn(/(?<=[^aeiouyè])(?<!gem)en$/u);
  if (drop(/(?:end|ing)$/, r2)) drop(/(?<!e)ig$/, r2) || (word = undouble(word));
  else if (drop(/lijk$/, r2)) dropE();
  else drop(hadE ? /(?:(?<!e)ig|baa?r)$/ : /(?:(?<!e)ig|baar)$/, r2);
  word = word.replace(/([^aeiouyè])(aa|ee|oo|uu)([^aeiouyèI])$/u, (_, before, two, last) => before + two[0] + last);
  return word.replace(/[YI]/g, (c) => c.toLowerCase());
}
