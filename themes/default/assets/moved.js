// Old addresses that a static host cannot tell: those with a query (`/?p=12`), for which it shows the home page, and those
// with something of WordPress's behind them (`/2015/03/thanks/feed/`), for which it shows the 404 page. What a reader's
// address says is only ever looked for: among the old addresses that the site knows, or on this host.

(() => {
  /** Where the site is, where its old addresses are, if any has a query, and where search and feed are. */
  const { root, folder, search, feed } = document.currentScript.dataset;
  const isLost = document.body.classList.contains("kind-not-found");

  /** WordPress counts posts, pages and files alike, and answers to each of these names. */
  const NUMBERED = ["p", "page_id", "attachment_id"];
  /** Numbers of which JavaScript knows every digit. */
  const NUMBER = /^[0-9]{1,15}$/;
  /** As many numbers are in one file. */
  const IN_A_FILE = 1000;

  /** The names under which the site may know one part of a query. */
  function names(name, text) {
    const isNumber = NUMBER.test(text);
    const value = isNumber ? String(Number(text)) : text.normalize();
    const file = isNumber ? Math.floor(Number(text) / IN_A_FILE) : 0;
    const others = NUMBERED.includes(name) ? NUMBERED.filter((other) => other !== name) : [];
    return { file, keys: [name, ...others].map((name) => `${name}=${value}`) };
  }

  /** Where an address with this query leads, if the site knows. */
  async function ofQuery(query) {
    if (!folder) return null;
    for (const [name, value] of [...query].slice(0, 8)) {
      const { file, keys } = names(name, value);
      // What the site itself reads of a query, `?q=` of the search, is no old address.
      if (!value || name === "q") continue;
      if (name === "s") return `${search}?q=${encodeURIComponent(value)}`;
      if (name === "feed") return feed;
      const answer = await fetch(`${folder}${file}.json`);
      if (!answer.ok) continue;
      const known = await answer.json();
      const key = keys.find((key) => Object.hasOwn(known, key));
      if (key) return known[key];
    }
    return null;
  }

  /** What WordPress puts behind addresses: feeds, other views of a page, further pages of it. */
  const TAIL = /(^|\/)(?:feed(?:\/(?:rss2?|rdf|atom))?|amp|embed|trackback|(?:comment-page-|page\/)[0-9]+)\/$/;
  /** A day's articles: those of its month are more likely to be there. */
  const DAY = /^([0-9]{4}\/[0-9]{2}\/)[0-9]{2}\/$/;

  /** An address as the site's own are written: no slash too many or too few. */
  function tidy(path) {
    const whole = path.replace(/\/{2,}/g, "/").replace(/^\//, "").replace(/^index\.php(?:\/|$)/i, "");
    return /(?:^|\/)$|\.[a-z0-9]{1,5}$/i.test(whole) ? whole : `${whole}/`;
  }

  function lowered(path) {
    try {
      return encodeURI(decodeURI(path).toLowerCase());
    } catch {
      // What follows its `%` signs spells nothing.
      return path;
    }
  }

  /** Addresses that may be meant, the likeliest first; all are below the site's root. */
  function meant(path) {
    const found = [];
    for (const spelled of [tidy(path), lowered(tidy(path))]) {
      let shorter = spelled;
      found.push(shorter);
      while (TAIL.test(shorter)) {
        shorter = shorter.replace(TAIL, "$1");
        found.push(shorter);
      }
      found.push(shorter.replace(DAY, "$1"));
    }
    // Beyond a few there is nothing that WordPress has ever made.
    return [...new Set(found)].filter((below) => below !== path).slice(0, 8);
  }

  async function isThere(address) {
    const answer = await fetch(address, { method: "HEAD", redirect: "manual" });
    return answer.ok || answer.type === "opaqueredirect";
  }

  /** Where a reader wanted to go who came to an address that is not there. */
  async function ofPath() {
    if (!location.pathname.startsWith(root)) return null;
    for (const below of meant(location.pathname.slice(root.length))) {
      if (await isThere(root + below)) return root + below + location.hash;
    }
    return null;
  }

  async function follow() {
    const isHome = /^(?:index\.(?:php|html))?$/.test(location.pathname.slice(root.length));
    const known = isHome ? await ofQuery(new URLSearchParams(location.search)) : null;
    const there = known ?? (isLost ? await ofPath() : null);
    if (!there) return;
    const target = new URL(there, location.href);
    if (/^https?:$/.test(target.protocol) && target.href !== location.href) location.replace(target.href);
  }

  // Without a connection the reader stays where they are.
  follow().catch(() => {});
})();
