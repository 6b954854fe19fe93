// Portuguese words to their stems: the Snowball algorithm (https://snowballstem.org/algorithms/portuguese/stemmer.html), as
// Guidepost's index uses it. `tests/search/words.tsv` holds the two together.

export const letters = "áâãçéêíóôõú";
export const stops = new Set(
  ("a ao aos as com como da das de do dos e ela ele em entre era essa esse esta este eu foi ha há isso ja já la mais mas me na " +
    "nao nas no nos não o os ou para pela pelo por que se sem ser seu sua são sao também tambem um uma é").split(" "),
);

const ending = (endings) => new RegExp(`(?:${endings.replaceAll(" ", "|")})$`);
// A nasal vowel is a vowel and a tilde.
const SUFFIX = ending(
  "ezas? ic[ao]s? ismos? [áí]vel istas? os[ao]s? [ai]mentos? ador(?:as?|es)? aça~o aço~es antes? ância logias? uça~o uço~es " +
    "ências? amente mente idades? iv[ao]s? iras?",
);
const VERB = ending(
  "[aei]r(?:ia[ms]?|íeis|íamos|[aá]s?|am|eis?|em(?:os)?|a~o|mos|des|es)? [áéí]r(?:amos|eis) [ai]d[ao]s? ia[ms]? íamos íeis " +
    "ava[ms]? áv(?:amos|eis) [aei]sse[ms]? [áéí]sseis [áêí]ssemos [aei]stes? [aei]ndo eis? ais [ae]m [aei]s [aáei]mos [eio]u",
);

const VERB_REGION = /^(?:V(?:C+V|V+C)|C(?:C+V|V.))/.source.replaceAll("V", "[aeiouáâéêíóôú]").replaceAll("C", "[^aeiouáâéêíóôú]");
const START = new RegExp(VERB_REGION, "su");

/** Where the part after the first consonant that follows a vowel begins, from `from` on. */
function region(word, from) {
  const found = /[aeiouáâéêíóôú][^aeiouáâéêíóôú]/u.exec(word.slice(from));
  return found ? from + found.index + found[0].length : word.length;
}

export function stem(word) {
  word = word.replaceAll("ã", "a~").replaceAll("õ", "o~");
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
  const dropSuffix = () => {
    const suffix = SUFFIX.exec(word)?.[0];
    if (!suffix) return "";
    if (/^iras?$/.test(suffix)) return word.at(-suffix.length - 1) === "e" && drop(SUFFIX, rv, "ir");
    const instead = { log: "log", uça: "u", uço: "u", ênc: "ente" }[suffix.slice(0, 3)];
    if (!drop(SUFFIX, suffix === "amente" ? r1 : r2, instead)) return "";
    if (suffix === "amente") drop(/(?:iv|ic|ad|os)$/, r2) === "iv" && drop(/at$/, r2);
    else if (suffix === "mente") drop(/(?:ante|avel|ível)$/, r2);
    else if (suffix.startsWith("idade")) drop(/(?:abil|i[cv])$/, r2);
    else if (suffix.startsWith("iv")) drop(/at$/, r2);
    return suffix;
  };
  const dropVerb = () => {
    const verb = VERB.exec(word.slice(rv))?.[0];
    if (verb) word = word.slice(0, -verb.length);
    return verb;
  };

  if (dropSuffix() || dropVerb()) drop(/(?<=c)i$/, rv);
  else drop(/(?:os|[aioáíó])$/, rv);
  if (drop(/[eéê]$/, rv)) drop(/(?:(?<=g)u|(?<=c)i)$/, rv);
  else word = word.replace(/ç$/, "c");
  return word.replaceAll("a~", "ã").replaceAll("o~", "õ");
}
