// French words to their stems: the Snowball algorithm (https://snowballstem.org/algorithms/french/stemmer.html), as
// Guidepost's index uses it. `tests/search/words.tsv` holds the two together.

export const letters = "àâçèéêëîïôùû";
export const stops = new Set(
  ("a au aux avec c ce ces cette d dans de des du elle en est et eux il ils j je l la le les leur m mais me même n ne nous on " +
    "ou où par pas pour qu que qui s sa se ses son sont sur t un une vous y à").split(" "),
);

const ending = (endings) => new RegExp(`(?:${endings.replaceAll(" ", "|")})$`);
const SUFFIX = ending(
  "ances? iqUes? ismes? ables? istes? eux atrices? ateurs? ations? logies? usions? utions? ences? ements? ités? ifs? ives? " +
    "eaux aux euses? issements? amment emment ments?",
);
const I_VERB = ending(
  "î(?:m|t)es ît ie?s? it ir(?:a(?:Ient|i[st]?|s)?|e(?:nt|z)|i(?:ez|ons)|on[st])? " +
    "iss(?:a(?:Ient|i[st]|nte?s?)|e(?:nt|s|z)?|i(?:ez|ons)|ons)",
);
const VERB = ending(
  "ions ée?s? èrent er(?:a(?:Ient|i[st]?|s)?|i?ez|ions|on[st])? i?ez â(?:m|t)es ât a(?:Ient|i[st]?|s)? ante?s? " +
    "ass(?:e(?:nt|s)?|i(?:ez|ons))",
);

/** Where the part after the first consonant that follows a vowel begins, from `from` on. */
function region(word, from) {
  const found = /[aeiouyàâèéêëîïôùû][^aeiouyàâèéêëîïôùû]/u.exec(word.slice(from));
  return found ? from + found.index + found[0].length : word.length;
}

const CONSONANT = /[^aeiouyàâèéêëîïôùû]$/u;

export function stem(word) {
  // A `u` or `i` between vowels, a `y` beside one and the `u` after `q` are consonants, and capitals from here on.
  word = word.replace(
    /([aeiouyàâèéêëîïôùû])([ui](?=[aeiouyàâèéêëîïôùû])|y)|y(?=[aeiouyàâèéêëîïôùû])|qu/g,
    (found, before, c) => (c ? before + c.toUpperCase() : found === "y" ? "Y" : "qU"),
  );
  const r1 = region(word, 0);
  const r2 = region(word, r1);
  const start = /^(?:[aeiouyàâèéêëîïôùû]{2}.|par|col|tap|.[^aeiouyàâèéêëîïôùû]*[aeiouyàâèéêëîïôùû])/su.exec(word);
  const rv = start ? start[0].length : word.length;
  /** Takes an ending off that begins at `from` or later; returns it. */
  const drop = (endings, from, instead = "") => {
    const found = endings.exec(word);
    if (!found || found.index < from) return "";
    word = word.slice(0, found.index) + instead;
    return found[0];
  };
  /** Takes `ic` off, or has it end as an adjective does. */
  const dropIc = () => drop(/ic$/, r2) || drop(/ic$/, 0, "iqU");

  /** Takes a noun's or adjective's ending off; returns whether there is no verb's to look for. */
  const dropSuffix = () => {
    const suffix = SUFFIX.exec(word)?.[0].replace(/s$/, "") ?? "";
    const cut = (from, instead) => drop(SUFFIX, from, instead);
    switch (suffix) {
      case "":
        return false;
      case "atrice": case "ateur": case "ation":
        return cut(r2) && (dropIc(), true);
      case "logie":
        return cut(r2, "log");
      case "usion": case "ution":
        return cut(r2, "u");
      case "ence":
        return cut(r2, "ent");
      case "ement": {
        if (!cut(rv)) return false;
        const before = /(?:iv|eus|abl|iqU|[iI]èr)$/.exec(word)?.[0];
        if (before === "iv") drop(/iv$/, r2) && drop(/at$/, r2);
        else if (before === "eus") drop(/eus$/, r2) || drop(/eus$/, r1, "eux");
        else if (before === "abl" || before === "iqU") drop(/(?:abl|iqU)$/, r2);
        else drop(/[iI]èr$/, rv, "i");
        return true;
      }
      case "ité":
        if (!cut(r2)) return false;
        if (word.endsWith("abil")) drop(/abil$/, r2) || (word = word.slice(0, -2) + "l");
        else if (word.endsWith("ic")) dropIc();
        else drop(/iv$/, r2);
        return true;
      case "if": case "ive":
        return cut(r2) && (drop(/at$/, r2) && dropIc(), true);
      case "eaux": case "eau":
        return cut(0, "eau");
      case "aux":
        return cut(r1, "al");
      case "euse":
        return cut(r2) || cut(r1, "eux");
      case "issement":
        return CONSONANT.test(word.replace(SUFFIX, "")) && cut(r1);
      case "amment":
        return cut(rv, "ant") && false;
      case "emment":
        return cut(rv, "ent") && false;
      case "ment": {
        const rest = word.replace(SUFFIX, "");
        if (rest.length > rv && !CONSONANT.test(rest)) word = rest;
        return false;
      }
      default:
        return cut(r2);
    }
  };
  const dropVerb = () => {
    let verb = I_VERB.exec(word.slice(rv))?.[0];
    if (verb && CONSONANT.test(word.slice(rv, -verb.length))) return (word = word.slice(0, -verb.length));
    verb = VERB.exec(word.slice(rv))?.[0];
    if (!verb) return false;
    if (verb === "ions") return drop(/ions$/, r2);
    word = word.slice(0, -verb.length);
    if (/^(?:a|ât|âm)/.test(verb)) drop(/e$/, rv);
    return true;
  };

  if (dropSuffix() || dropVerb()) word = word.replace(/Y$/, "i").replace(/ç$/, "c");
  else {
    word = word.replace(/(?<=[^aiouès])s$/u, "");
    const rest = word.slice(rv);
    if (/[st]ion$/.test(rest)) drop(/ion$/, r2);
    else if (/[iI](?:er|ère)$/.test(rest)) drop(/[iI](?:er|ère)$/, rv, "i");
    else if (/(?:e|guë)$/.test(rest)) word = word.slice(0, -1);
  }
  word = word.replace(/(?:e(?:ll|ill|nn|tt)|onn)$/, (two) => two.slice(0, -1));
  word = word.replace(/[éè](?=[^aeiouyàâèéêëîïôùû]+$)/u, "e");
  return word.replace(/[IUY]/g, (c) => c.toLowerCase());
}
