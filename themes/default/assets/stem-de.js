// German words to their stems: the Snowball algorithm (https://snowballstem.org/algorithms/german/stemmer.html), as
// Guidepost's index uses it. `tests/search/words.tsv` holds the two together.

export const letters = "äöü";
export const stops = new Set(
  ("als am an auch auf aus bei bin bis das dass dem den der des die ein eine einem einen einer er es fur für hat ich ihr im " +
    "in ist mit nach nicht oder sich sie sind so uber über um und von war wie wir wird zu zum zur").split(" "),
);

const PLAIN = { ä: "a", ö: "o", ü: "u", U: "u", Y: "y" };

/** Where the part after the first consonant that follows a vowel begins, from `from` on. */
function region(word, from) {
  const found = /[aeiouyäöü][^aeiouyäöü]/u.exec(word.slice(from));
  return found ? from + found.index + found[0].length : word.length;
}

export function stem(word) {
  // A `u` or `y` between vowels is a consonant, and a capital from here on.
  word = word.replaceAll("ß", "ss").replace(/([aeiouyäöü])([uy])(?=[aeiouyäöü])/g, (_, before, c) => before + c.toUpperCase());
  const start = /^.{3}/su.exec(word)?.[0].length ?? Infinity;
  const first = region(word, 0);
  const r1 = Math.max(first, start);
  const r2 = start === Infinity ? Infinity : region(word, first);
  const cut = (found) => (word = word.slice(0, found.index));
  const drop = (ending, from) => {
    const found = ending.exec(word);
    if (found && found.index >= from) cut(found);
  };

  let found = /(?:e(?:m|rn|r|n|s)?|s)$/.exec(word);
  if (found && found.index >= r1) {
    const rest = word.slice(0, found.index);
    if (found[0] !== "s" || /[bdfghklmnrt]$/.test(rest)) word = rest;
    if (/^e[ns]?$/.test(found[0])) word = word.replace(/niss$/, "nis");
  }
  drop(/(?:e(?:n|r|st)|(?<=.{3}[bdfghklmnt])st)$/su, r1);
  found = /(?:end|ung|ig|isch|ik|lich|heit|keit)$/.exec(word);
  if (found && found.index >= r2) {
    const ending = found[0];
    if (!/^i/.test(ending) || !/e$/.test(word.slice(0, found.index))) cut(found);
    if (/^(?:end|ung)$/.test(ending)) drop(/(?<!e)ig$/, r2);
    else if (/^(?:lich|heit)$/.test(ending)) drop(/e[rn]$/, r1);
    else if (ending === "keit") drop(/(?:lich|ig)$/, r2);
  }
  return word.replace(/[äöüUY]/g, (c) => PLAIN[c]);
}
