// Italian words to their stems: the Snowball algorithm (https://snowballstem.org/algorithms/italian/stemmer.html), as
// Guidepost's index uses it. `tests/search/words.tsv` holds the two together.

export const letters = "àáèéìíòóùú";
export const stops = new Set(
  ("a ad ai al all alla alle anche c che chi ci come con d da dal dalla dei del dell della delle di e ed gli ha ho i il in io " +
    "l la le lo ma mi ne nel nella non o per perche perché più piu se si sono su sul sulla tra un una uno è").split(" "),
);

const ending = (endings) => new RegExp(`(?:${endings.replaceAll(" ", "|")})$`);
const PRONOUN = /(?:[cmtv]i|si|gli|(?:[cmtv]e|glie)?l[aeio]|(?:[cmtvs]e|glie)?ne)$/;
const SUFFIX = ending(
  "anz[ae] ic(?:h?[ei]|[oa]) ism[oi] [ai]bil[ei] ist[aeiàèì] os[oaie] mente atric[ei] ant[ei] azion[ei] ator[ei] logi[ae] " +
    "u[sz]ion[ei] enz[ae] [ai]ment[oi] amente ità iv[oiae]",
);
const VERB = ending(
  "[ei]r(?:[àò]|ai|anno|ono|e(?:bbe(?:ro)?|i|mm?o|st[ei]|te)?) ar(?:e|ono)? ir [aei]mmo ando end[aeio] [ao]no iamo " +
    "isc(?:[ao]no|[aeio]) ass(?:e(?:ro)?|i(?:mo)?) [ei]ssero [aiu]t[aeio] ete [aei]v(?:[io]|a(?:mo|no|te)?)",
);
const GRAVE = { á: "à", é: "è", í: "ì", ó: "ò", ú: "ù" };

const VERB_REGION = /^(?:V(?:C+V|V+C)|C(?:C+V|V.))/.source.replaceAll("V", "[aeiouàèìòù]").replaceAll("C", "[^aeiouàèìòù]");
const START = new RegExp(VERB_REGION, "su");

/** Where the part after the first consonant that follows a vowel begins, from `from` on. */
function region(word, from) {
  const found = /[aeiouàèìòù][^aeiouàèìòù]/u.exec(word.slice(from));
  return found ? from + found.index + found[0].length : word.length;
}

export function stem(word) {
  // A `u` after `q`, and a `u` or `i` between vowels, is a consonant, and a capital from here on.
  word = word.replace(/[áéíóú]/g, (c) => GRAVE[c]).replaceAll("qu", "qU");
  word = word.replace(/([aeiouàèìòù])([ui])(?=[aeiouàèìòù])/g, (_, before, c) => before + c.toUpperCase());
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
    const verb = /(?:[ae]ndo|[aei]r)$/.exec(rest);
    if (verb && verb.index >= rv) word = rest + (verb[0].endsWith("r") ? "e" : "");
  }

  const suffix = SUFFIX.exec(word)?.[0] ?? "";
  const instead = { log: "log", uzi: "u", usi: "u", enz: "ente" }[suffix.slice(0, 3)];
  const from = suffix === "amente" ? r1 : /^[ai]ment[io]$/.test(suffix) ? rv : r2;
  if (suffix && drop(SUFFIX, from, instead)) {
    if (/^a(?:zion|tor)/.test(suffix)) drop(/ic$/, r2);
    else if (suffix === "amente") drop(/(?:iv|ic|abil|os)$/, r2) === "iv" && drop(/at$/, r2);
    else if (suffix === "ità") drop(/(?:abil|i[cv])$/, r2);
    else if (suffix.startsWith("iv")) drop(/at$/, r2) && drop(/ic$/, r2);
  } else {
    const verb = VERB.exec(word.slice(rv));
    if (verb) word = word.slice(0, -verb[0].length);
  }
  if (drop(/[aeioàèìò]$/, rv)) drop(/i$/, rv);
  if (/[cg]h$/.test(word) && word.length - 2 >= rv) word = word.slice(0, -1);
  return word.replace(/[IU]/g, (c) => c.toLowerCase());
}
