// What must be known before a page shows: whether its reader has chosen light or dark. It is small, and the one script that
// a page waits for. What else helps where a browser lacks something is done once the page is there.

(() => {
  const KEY = "guidepost-scheme";
  const root = document.documentElement;

  /** The scheme that is kept on this device, if one is and the browser lets us read it. */
  const kept = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };

  /** Shows the page in a scheme; in the device's own, if it is neither of the two. */
  const show = (scheme) => {
    const chosen = scheme === "light" || scheme === "dark" ? scheme : "";
    if (chosen) root.dataset.scheme = chosen;
    else delete root.dataset.scheme;
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      meta.dataset.media ??= meta.media;
      meta.media = chosen ? (meta.dataset.media.includes(chosen) ? "all" : "not all") : meta.dataset.media;
    }
  };

  show(kept());
  // A page that was left and is come back to, and one in another tab.
  addEventListener("pageshow", (event) => event.persisted && begin());
  addEventListener("storage", (event) => event.key === KEY && begin());

  const begin = () => {
    show(kept());
    const choice = document.getElementById("gp-scheme");
    if (choice) choice.value = root.dataset.scheme ?? "";
  };

  /** The choice at the foot of the page, which does nothing without this script and is hidden until now. */
  const offer = () => {
    const choice = document.getElementById("gp-scheme");
    if (!choice) return;
    begin();
    choice.closest("[hidden]")?.removeAttribute("hidden");
    choice.addEventListener("change", () => {
      try {
        if (choice.value) localStorage.setItem(KEY, choice.value);
        else localStorage.removeItem(KEY);
      } catch {
        // It holds for this page, at least.
      }
      show(choice.value);
    });
  };

  /** Marks the heading that is being read, where the style sheet cannot (`:target-current`). */
  const follow = () => {
    if (CSS.supports("scroll-target-group", "auto")) return;
    const links = [...document.querySelectorAll('.contents a[href^="#"]')];
    const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    if (links.length === 0 || headings.includes(null)) return;
    const mark = () => {
      const line = innerHeight / 4;
      const current = headings.findLastIndex((heading) => heading.getBoundingClientRect().top < line);
      links.forEach((link, index) => (index === current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    };
    const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -75% 0px" });
    headings.forEach((heading) => observer.observe(heading));
  };

  /** The menu lies open where there is room for it, also in browsers that cannot be told so in a style sheet. */
  const unfold = () => {
    if (CSS.supports("selector(::details-content)")) return;
    const wide = matchMedia("(min-width: 48rem)");
    const menu = document.querySelector(".menu details");
    const fit = () => menu && (menu.open = wide.matches);
    wide.addEventListener("change", fit);
    fit();
  };

  document.addEventListener("DOMContentLoaded", () => [offer, follow, unfold].forEach((help) => help()));
})();
