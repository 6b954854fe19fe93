// Russian words to their stems: the Snowball algorithm (https://snowballstem.org/algorithms/russian/stemmer.html), as
// Guidepost's index uses it. `tests/search/words.tsv` holds the two together.

// The algorithm has no rule for ё: it comes as е.
export const letters = "й";
export const stops = new Set(
  ("а без бы был была было быть в во вот все вы да для до если еще же за и из или им их к как ко ли мы на не ни но о об он " +
    "она они оно от по при с со так то того у уже что чтобы это этот я").split(" "),
);

/** The longest of some endings; `after` are those that need an а or я before them. */
const ending = (endings, after) => ({
  longest: new RegExp(`(?:${`${endings} ${after ?? ""}`.trim().replaceAll(" ", "|")})$`),
  after: new Set(after?.split(" ")),
});
const GERUND = ending("ив ивши ившись ыв ывши ывшись", "в вши вшись");
const ADJECTIVE = ending("ее ие ые ое ими ыми ей ий ый ой ем им ым ом его ого ему ому их ых ую юю ая яя ою ею");
const PARTICIPLE = ending("ивш ывш ующ", "ем нн вш ющ щ");
const REFLEXIVE = ending("ся сь");
const VERB = ending(
  "ила ыла ена ейте уйте ите или ыли ей уй ил ыл им ым ен ило ыло ено ят ует уют ит ыт ены ить ыть ишь ую ю",
  "ла на ете йте ли й л ем н ло но ет ют ны ть ешь нно",
);
const NOUN = ending(
  "а ев ов ие ье е иями ями ами еи ии и ией ей ой ий й иям ям ием ем ам ом о у ах иях ях ы ь ию ью ю ия ья я",
);

export function stem(word) {
  const found = /^[^аеиоуыэюя]*[аеиоуыэюя]/u.exec(word);
  if (!found) return word;
  const start = found[0];
  let rest = word.slice(start.length);
  const r2 = /^[аеиоуыэюя]*[^аеиоуыэюя]+[аеиоуыэюя]+[^аеиоуыэюя]/u.exec(rest)?.[0].length ?? Infinity;
  const drop = ({ longest, after }) => {
    const found = longest.exec(rest);
    if (!found || (after.has(found[0]) && !/[ая]$/.test(rest.slice(0, found.index)))) return false;
    rest = rest.slice(0, found.index);
    return true;
  };
  if (!drop(GERUND)) {
    drop(REFLEXIVE);
    if (drop(ADJECTIVE)) drop(PARTICIPLE);
    else drop(VERB) || drop(NOUN);
  }
  rest = rest.replace(/и$/, "");
  const quality = /ость?$/.exec(rest);
  if (quality && quality.index >= r2) rest = rest.slice(0, quality.index);
  rest = /ейше?$/.test(rest) ? rest.replace(/ейше?$/, "").replace(/нн$/, "н") : rest.replace(/(?<=н)н$|ь$/, "");
  return start + rest;
}
