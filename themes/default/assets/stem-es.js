// Spanish words to their stems: the Snowball algorithm (https://snowballstem.org/algorithms/spanish/stemmer.html), as
// Guidepost's index uses it. `tests/search/words.tsv` holds the two together.

export const letters = "áéíñóúü";
export const stops = new Set(
  ("a al como con de del e el ella en entre era es esta este esto está fue ha hay la las le les lo los mas me mi muy más ni " +
    "no nos o para pero por que qué se ser si sin sobre son su sus también tambien un una uno y ya yo").split(" "),
);

const ending = (endings) => new RegExp(`(?:${endings.replaceAll(" ", "|")})$`);
const PRONOUN = ending("me se (?:se)?l[ao]s? les? nos");
const BEFORE_PRONOUN = ending("iéndo ándo ár ér ír ando iendo ar er ir yendo");
const SUFFIX = ending(
  "anzas? ic[ao]s? ismos? [ai]bles? istas? os[ao]s? [ai]mientos? ador(?:as?|es)? aci(?:ón|ones) antes? ancias? logías? " +
    "uci(?:ón|ones) encias? amente mente idad(?:es)? iv[ao]s?",
);
const Y_VERB = ending("ya ye yan yen yeron yendo yo yó yas yes yais yamos");
const VERB = ending(
  "en es éis ís áis emos [aei]r(?:ía(?:[ns]|is|mos)?|á[ns]?|é(?:is)?|emos)? (?:ab|í|ar|ier)a(?:[ns]|is)? [ai]d(?:[ao]s?)? ed " +
    "(?:as|ies)e(?:[ns]|is)? [ai]ste(?:is)? (?:a|ie)(?:ron|ndo) ió a[ns] (?:áb|í|ár|iér)?amos imos (?:ás|iés)emos",
);
const PLAIN = { á: "a", é: "e", í: "i", ó: "o", ú: "u" };
const plain = (word) => word.replace(/[áéíóú]/g, (c) => PLAIN[c]);

const VERB_REGION = /^(?:V(?:C+V|V+C)|C(?:C+V|V.))/.source.replaceAll("V", "[aeiouáéíóúü]").replaceAll("C", "[^aeiouáéíóúü]");
const START = new RegExp(VERB_REGION, "su");

/** Where the part after the first consonant that follows a vowel begins, from `from` on. */
function region(word, from) {
  const found = /[aeiouáéíóúü][^aeiouáéíóúü]/u.exec(word.slice(from));
  return found ? from + found.index + found[0].length : word.length;
}

export function stem(word) {
  const r1 = region(word, 0);
  const r2 = region(word, r1);
  const rv = START.exec(word)?.[0].length ?? word.length;
  /** Takes an ending off that begins at `from` or later; returns it. */
  const drop = (endings, from, instead = "") => {
    const found = endings.exec(word);
    if (!found || found.index < from) return "";
    word = word.slice(0, found.index) + instead;
    return found[0];
  };

  const pronoun = PRONOUN.exec(word);
  if (pronoun) {
    const rest = word.slice(0, pronoun.index);
    const verb = BEFORE_PRONOUN.exec(rest);
    const may = verb && verb.index >= rv && (verb[0] !== "yendo" || rest[verb.index - 1] === "u");
    if (may) word = rest.slice(0, verb.index) + plain(verb[0]);
  }

  const suffix = SUFFIX.exec(word)?.[0] ?? "";
  const instead = { log: "log", uci: "u", enc: "ente" }[suffix.slice(0, 3)];
  if (suffix && drop(SUFFIX, suffix === "amente" ? r1 : r2, instead)) {
    if (/^(?:aci|ador|anci|ante)/.test(suffix)) drop(/ic$/, r2);
    else if (suffix === "amente") drop(/(?:iv|ic|ad|os)$/, r2) === "iv" && drop(/at$/, r2);
    else if (suffix === "mente") drop(/(?:[ai]ble|ante)$/, r2);
    else if (suffix.startsWith("idad")) drop(/(?:abil|i[cv])$/, r2);
    else if (suffix.startsWith("iv")) drop(/at$/, r2);
  } else {
    const within = (endings) => endings.exec(word.slice(rv))?.[0] ?? "";
    let verb = within(Y_VERB);
    if (verb && word.at(-verb.length - 1) === "u") word = word.slice(0, -verb.length);
    else if ((verb = within(VERB))) {
      word = word.slice(0, -verb.length);
      if (/^(?:en|es|éis|emos)$/.test(verb)) word = word.replace(/gu$/, "g");
    }
  }
  if (drop(/(?:os|[aoáíóeé])$/, rv).match(/[eé]/)) drop(/(?<=g)u$/, rv);
  return plain(word);
}
