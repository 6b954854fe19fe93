// Ticks of task lists: kept on this device, by page and by task. The program has named each box after the words of its
// task, so that a tick stays when other tasks change, and goes when its own does. Nothing is sent anywhere.

const bar = document.getElementById("gp-ticks");
const boxes = [...document.querySelectorAll("main input[data-task]")];
const place = `gp-ticks:${location.pathname.replace(/index\.html$/, "")}`;
const form = document.getElementById("gp-calendar");

/** What the reader has ticked (1) or unticked (0), by task; a box that is not in it is as its author left it. */
let kept = {};
/** What was kept before it was cleared, until the next tick. */
let before = null;
/** Whether this browser keeps anything. */
let works = true;

function read() {
  if (!works) return;
  try {
    const found = JSON.parse(localStorage.getItem(place) ?? "{}");
    kept = {};
    for (const { dataset } of boxes) {
      const tick = Object(found)[dataset.task];
      if (tick === 0 || tick === 1) kept[dataset.task] = tick;
    }
  } catch (error) {
    // What is damaged is as good as nothing; where even asking is forbidden, the boxes still tick.
    works = error instanceof SyntaxError;
    if (works) kept = {};
  }
}

function write() {
  try {
    if (Object.keys(kept).length > 0) localStorage.setItem(place, JSON.stringify(kept));
    else localStorage.removeItem(place);
    works = true;
  } catch {
    works = false;
  }
}

function show() {
  for (const box of boxes) box.checked = Boolean(kept[box.dataset.task] ?? box.defaultChecked);
  tell();
}

function tell() {
  const [status, button] = bar.children;
  const { done, cleared, local, lost, clear, undo } = bar.dataset;
  const ticked = boxes.filter((box) => box.checked).length;
  const progress = done.replace("{done}", ticked).replace("{total}", boxes.length);
  const words = [before ? cleared : works && ticked === 0 ? "" : progress, works ? (ticked === 0 && !before ? local : "") : lost];
  status.textContent = words.filter(Boolean).join(" ");
  button.textContent = before ? undo : clear;
  button.hidden = !before && Object.keys(kept).length === 0;
  bar.hidden = false;
}

if (boxes.length > 0) {
  read();
  if (works) show();
  else tell();
  for (const box of boxes) {
    box.addEventListener("change", () => {
      // Another tab may have ticked something since.
      read();
      before = null;
      if (box.checked === box.defaultChecked) delete kept[box.dataset.task];
      else kept[box.dataset.task] = Number(box.checked);
      write();
      if (works) show();
      else tell();
    });
  }
  bar.lastElementChild.addEventListener("click", () => {
    read();
    [kept, before] = before ? [before, null] : [{}, kept];
    write();
    show();
  });
  const renew = () => {
    before = null;
    read();
    if (works) show();
    else tell();
  };
  addEventListener("storage", (event) => (event.key === place || event.key === null) && renew());
  // Going back, a browser ticks what was ticked when the page was left, after this script has run.
  addEventListener("pageshow", renew);
}

// The calendar file with the day and time that the reader chooses; the link beside it leads to one without.
if (form) {
  const plain = form.nextElementSibling;
  form.hidden = false;
  plain.hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { save } = await import("./calendar.js");
      await save(form);
    } catch {
      form.hidden = true;
      plain.hidden = false;
      plain.querySelector("a").focus();
    }
  });
}
