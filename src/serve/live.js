// The preview's script, which no published page has. It shows what is wrong above the page, marks what a build would not
// publish, and brings the page up to date: with other style sheets where that is enough, else by loading it again.
// It obeys the site's own policy: styles are adopted sheets of shadow roots, and whatever the server says is set as text.

(() => {
  "use strict";

  const { path, page, rest, problems: isProblems } = document.currentScript.dataset;
  const shown = { path, page, rest, problems: isProblems !== undefined };

  // What has to survive a reload is kept for the tab.
  const PLACE = "guidepost-place";

  // ---- The connection --------------------------------------------------------------------------------------------

  const FIRST_DELAY = 250;
  const LONGEST_DELAY = 4000;
  let socket;
  let delay = FIRST_DELAY;
  let timer;
  let isLeaving = false;

  function connect() {
    clearTimeout(timer);
    if (isLeaving || socket) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const own = new WebSocket(`${scheme}//${location.host}/.guidepost/live`);
    socket = own;
    own.addEventListener("open", () => own.send(JSON.stringify(shown)));
    own.addEventListener("message", (event) => {
      delay = FIRST_DELAY;
      if (own === socket) hear(JSON.parse(event.data));
    });
    own.addEventListener("close", () => {
      if (own !== socket) return;
      socket = undefined;
      timer = setTimeout(connect, delay);
      delay = Math.min(delay * 1.5, LONGEST_DELAY);
    });
  }

  function hear(news) {
    if (news.kind === "state") {
      showProblems(news.problems, news.more);
      markUnpublished(news.unpublished);
    } else if (news.kind === "styles") {
      takeStyles(news.hrefs, news.page);
    } else if (news.kind === "reload") {
      reload();
    }
  }

  // A page that the browser keeps for going back to it hears nothing meanwhile, and asks when it is shown again.
  addEventListener("pagehide", () => {
    const own = socket;
    socket = undefined;
    clearTimeout(timer);
    own?.close();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) connect();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !socket) {
      delay = FIRST_DELAY;
      connect();
    }
  });

  // ---- Loading the page again ------------------------------------------------------------------------------------

  // Should a page never be the same twice, it would load itself without end: then at least not without a pause.
  const SHORTEST_STAY = 300;

  function reload() {
    if (isLeaving) return;
    isLeaving = true;
    const place = { path, x: scrollX, y: scrollY, focus: document.activeElement?.id ?? "" };
    // A list of problems is short: the place on the page that was there before it is still the one to come back to.
    if (!shown.problems) keep(place);
    setTimeout(() => location.reload(), Math.max(0, SHORTEST_STAY - performance.now()));
  }

  function keep(place) {
    try {
      sessionStorage.setItem(PLACE, JSON.stringify(place));
    } catch {
      // Without storage the browser's own memory of the place has to do.
    }
  }

  function takePlace() {
    try {
      const place = JSON.parse(sessionStorage.getItem(PLACE));
      if (place?.path !== path || shown.problems) return undefined;
      sessionStorage.removeItem(PLACE);
      return place;
    } catch {
      return undefined;
    }
  }

  // Pictures and fonts may come late, and what stands below them moves: the place is looked for again until the reader
  // goes elsewhere.
  function returnTo({ x, y, focus }) {
    const element = focus && document.getElementById(focus);
    if (element && document.activeElement === document.body) element.focus({ preventScroll: true });
    if (x === 0 && y === 0) return;
    const go = () => scrollTo({ left: x, top: y, behavior: "instant" });
    const watcher = new ResizeObserver(go);
    const stop = () => watcher.disconnect();
    watcher.observe(document.documentElement);
    for (const sign of ["wheel", "touchstart", "keydown", "pointerdown"]) addEventListener(sign, stop, { once: true, passive: true });
    setTimeout(stop, 3000);
    go();
  }

  // ---- Other style sheets ----------------------------------------------------------------------------------------

  function takeStyles(hrefs, version) {
    const links = document.querySelectorAll('link[rel~="stylesheet" i]:not([data-guidepost-old])');
    if (links.length !== hrefs.length) return reload();
    shown.page = version;
    links.forEach((link, i) => {
      if (link.getAttribute("href") === hrefs[i]) return;
      const next = link.cloneNode();
      next.href = hrefs[i];
      // The old one stays until the new one is there, so that the page is never without.
      link.dataset.guidepostOld = "";
      next.addEventListener("load", () => link.remove(), { once: true });
      next.addEventListener("error", reload, { once: true });
      link.after(next);
    });
  }

  // ---- What is shown above the page ------------------------------------------------------------------------------

  const sheet = new CSSStyleSheet();
  const styled = fetch("/.guidepost/live.css")
    .then((response) => response.text())
    .then((text) => sheet.replace(text))
    .catch(() => {});

  // An element of our own that the page's style sheets do not reach into.
  function island(name, ...content) {
    const host = document.createElement(name);
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(...content);
    return host;
  }

  function element(name, className, ...content) {
    const made = document.createElement(name);
    made.className = className;
    made.append(...content);
    return made;
  }

  let panel;
  let latest = 0;

  async function showProblems(problems, more) {
    const own = ++latest;
    await styled;
    // Something newer may have come while the style was on its way.
    if (own !== latest) return;
    panel?.remove();
    panel = undefined;
    // A page that lists the problems itself is loaded again when they change.
    if (problems.length === 0 || shown.problems) return;
    const count = problems.length + more;
    const title = element("h2", "", count === 1 ? "A problem in the site’s files" : `${count} problems in the site’s files`);
    title.id = "title";
    const lead = element("p", "", "The page shows how it was before. It comes up to date as soon as this is mended.");
    const button = element("button", "", "Hide");
    button.type = "button";
    button.title = "Escape hides this, too";
    button.addEventListener("click", hide);
    const list = element("ol", "problems", ...problems.map(describe));
    const box = element("section", "problems-panel", element("div", "top", title, button), lead, list);
    if (more > 0) box.append(element("p", "", `and ${more} more`));
    box.setAttribute("role", "alert");
    box.setAttribute("aria-labelledby", "title");
    box.lang = "en";
    box.dir = "ltr";
    // Whoever writes in a field keeps the focus; the list can be reached and scrolled with the keyboard.
    box.tabIndex = 0;
    panel = island("guidepost-problems", box);
    document.documentElement.append(panel);
  }

  function hide() {
    panel?.remove();
    panel = undefined;
  }

  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel) hide();
  });

  function describe(problem) {
    const item = element("li", "");
    item.append(element("p", "message", element("span", "severity", `${problem.severity}: `), problem.message));
    const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(":");
    if (place) item.append(element("p", "place", place));
    if (problem.excerpt) {
      const { before, marked, after } = problem.excerpt;
      item.append(element("pre", "", before, element("mark", "", marked || " "), after));
    }
    if (problem.hint) item.append(element("p", "hint", `help: ${problem.hint}`));
    item.append(element("p", "more", element("code", "", `guidepost explain ${problem.code}`), " says more"));
    return item;
  }

  // ---- What a build would not publish ----------------------------------------------------------------------------

  let marks = [];

  async function markUnpublished(unpublished) {
    await styled;
    for (const mark of marks) mark.remove();
    marks = [];
    const words = new Map(unpublished.map(([href, word]) => [new URL(href, location).pathname, word]));
    if (words.size === 0) return;
    const own = words.get(location.pathname);
    if (own) {
      const badge = element("p", "badge", `${own}: not published yet`);
      badge.setAttribute("role", "status");
      badge.lang = "en";
      add(island("guidepost-badge", badge), (mark) => document.documentElement.append(mark));
    }
    for (const link of document.querySelectorAll("a[href]")) {
      const word = link.origin === location.origin && link.pathname !== location.pathname && words.get(link.pathname);
      if (!word) continue;
      const marker = element("span", "marker", word);
      marker.lang = "en";
      // A new child of a grid or a row of boxes would take a place in it; within the link it takes none.
      const isCrowded = /flex|grid/.test(getComputedStyle(link.parentElement).display);
      add(island("guidepost-mark", marker), (mark) => (isCrowded ? link.append(mark) : link.after(mark)));
    }
  }

  function add(mark, place) {
    place(mark);
    marks.push(mark);
  }

  // ----------------------------------------------------------------------------------------------------------------

  const place = takePlace();
  if (place) returnTo(place);
  connect();
})();
