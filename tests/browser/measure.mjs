// What is measured of a page as it is shown: what does not fit, and how well it can be read, hit and seen to have the focus.

import assert from "node:assert/strict";

/** A script for the head of a page, which gives it `window.instruments`. */
export const INSTRUMENTS = `(${instruments})()`;

/** Runs in the page. Numbers of WCAG are those of version 2.2. */
function instruments() {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  /** Any colour as red, green, blue and alpha from 0 to 1. */
  function rgba(color) {
    if (!known.has(color)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      known.set(color, [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => byte / 255));
    }
    return known.get(color);
  }
  const over = ([r, g, b, a], below) => [r, g, b].map((part, i) => part * a + below[i] * (1 - a));
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const luminance = (color) => color.slice(0, 3).map(linear).reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  function ratio(one, other) {
    const [a, b] = [luminance(one), luminance(other)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  /** What a browser paints where a page paints nothing. */
  function ground() {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = "Canvas";
    const color = rgba(getComputedStyle(probe).color);
    probe.remove();
    return color;
  }

  /** The colour behind what an element holds. */
  function behind(element) {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] > 0) layers.push(color);
      if (color[3] === 1) break;
    }
    return layers.reduceRight((below, color) => over(color, below), ground());
  }

  const called = (element) => {
    const text = (element.getAttribute("aria-label") ?? element.textContent).trim().replace(/\s+/g, " ").slice(0, 40);
    return `${element.tagName.toLowerCase()}${element.classList.length ? `.${[...element.classList].join(".")}` : ""} “${text}”`;
  };
  const isShown = (element) => element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) && element.getClientRects().length > 0;
  /** Whether it is there for those alone who listen. */
  const isForEars = (element) => element.closest(".visually-hidden") !== null || getComputedStyle(element).clipPath === "inset(50%)";
  const ownText = (element) => [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

  /** Each element that has letters of its own, with the contrast between them and what is behind them, the worst first. */
  function contrasts() {
    const all = [];
    for (const element of document.body.querySelectorAll("*")) {
      if (ownText(element).length === 0 || !isShown(element) || isForEars(element) || element.closest("script, noscript, svg")) continue;
      let opacity = 1;
      for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
      const ground = behind(element);
      const [r, g, b, a] = rgba(getComputedStyle(element).color);
      const isBody = element.closest(".prose, .lead, .card") !== null && element.closest("a, code, pre, del, .facts, .count, .alert-title") === null;
      all.push({ ratio: ratio(over([r, g, b, a * opacity], ground), ground), isBody, name: called(element) });
    }
    return all.sort((one, other) => one.ratio - other.ratio);
  }

  /** Edges of fields and boxes that tell what they are, with their contrast (1.4.11). */
  function edges() {
    const all = [];
    for (const element of document.querySelectorAll("input, button, .button")) {
      if (!isShown(element)) continue;
      const style = getComputedStyle(element);
      // A browser draws its own boxes.
      if (style.appearance !== "none" && /^(checkbox|radio)$/.test(element.type)) continue;
      const outside = behind(element.parentElement);
      const inside = behind(element);
      const line = parseFloat(style.borderTopWidth) > 0 ? rgba(style.borderTopColor) : [0, 0, 0, 0];
      all.push({ ratio: Math.max(ratio(over(line, outside), outside), ratio(inside, outside)), name: called(element) });
    }
    return all;
  }

  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=option], [tabindex]:not([tabindex='-1']):not([role=region])";
  /** What can be pointed at and is too small (2.5.8). */
  function smallTargets() {
    const targets = [...document.querySelectorAll(TARGETS)]
      .filter((element) => isShown(element) && !isForEars(element))
      // What is above the page until it has the focus is of its size then.
      .filter((element) => element.getBoundingClientRect().bottom + scrollY > 0)
      .map((element) => ({ element, box: element.getBoundingClientRect() }));
    const isLarge = ({ box }) => box.width >= 23.99 && box.height >= 23.99;
    // The exception “inline”: in a sentence, which is a line with other words.
    const isInSentence = ({ element }) => {
      if (getComputedStyle(element).display !== "inline") return false;
      let block = element.parentElement;
      while (getComputedStyle(block).display === "inline") block = block.parentElement;
      const words = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      while (words.nextNode()) {
        const { parentElement, data } = words.currentNode;
        if (/[\p{L}\p{N}]/u.test(data) && !parentElement.closest(TARGETS) && !isForEars(parentElement)) return true;
      }
      return false;
    };
    // The exception “spacing”: a circle of 24 px round its middle meets no other target, nor the circle of another small one.
    const middle = ({ box }) => [box.x + box.width / 2, box.y + box.height / 2];
    const isAlone = (target, small) => {
      const [x, y] = middle(target);
      return targets.every((other) => {
        if (other === target || other.element.contains(target.element) || target.element.contains(other.element)) return true;
        if (small.includes(other)) return Math.hypot(middle(other)[0] - x, middle(other)[1] - y) >= 24;
        const { left, right, top, bottom } = other.box;
        return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)) >= 12;
      });
    };
    const small = targets.filter((target) => !isLarge(target) && !isInSentence(target));
    return { count: targets.length, small: small.map((target) => ({ isAlone: isAlone(target, small), name: `${called(target.element)}: ${target.box.width.toFixed(1)} × ${target.box.height.toFixed(1)}` })) };
  }

  /** What of an element is within everything that cuts it off. */
  function seen(element, { left, right, top, bottom }) {
    const cut = { left: Math.max(left, 0), right: Math.min(right, document.documentElement.clientWidth), top: Math.max(top, 0), bottom: Math.min(bottom, innerHeight) };
    for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
      if (getComputedStyle(at).overflow === "visible") continue;
      const box = at.getBoundingClientRect();
      cut.left = Math.max(cut.left, box.left);
      cut.right = Math.min(cut.right, box.right);
      cut.top = Math.max(cut.top, box.top);
      cut.bottom = Math.min(cut.bottom, box.bottom);
    }
    return cut;
  }

  /** What is wrong with how the element that has the focus shows it (2.4.7, 2.4.11, 1.4.11). */
  function focusFaults() {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const faults = [];
    const width = parseFloat(style.outlineWidth);
    const offset = parseFloat(style.outlineOffset);
    // `auto` is a browser's own ring.
    if (style.outlineStyle === "none" && style.boxShadow === "none") faults.push("nothing shows that it has the focus");
    else if (style.outlineStyle !== "none" && style.outlineStyle !== "auto") {
      if (width < 2) faults.push(`its ring is ${width} px wide`);
      const ground = behind(offset < 0 ? element : element.parentElement);
      const contrast = ratio(over(rgba(style.outlineColor), ground), ground);
      if (contrast < 3) faults.push(`its ring has a contrast of ${contrast.toFixed(2)}`);
      const reach = offset + width;
      const [first] = element.getClientRects();
      const ring = { left: first.left - reach, right: first.right + reach, top: first.top - reach, bottom: first.bottom + reach };
      const cut = seen(element, ring);
      const sides = ["left", "right", "top", "bottom"].filter((side) => Math.abs(cut[side] - ring[side]) < width / 2);
      const isTall = first.height > innerHeight - 2 * reach;
      if (sides.length < (isTall ? 2 : 3)) faults.push(`of its ring only ${sides.join(", ") || "nothing"} shows`);
    }
    const [box] = element.getClientRects();
    const cut = seen(element, box);
    if (cut.right - cut.left < Math.min(box.width, 8) || cut.bottom - cut.top < Math.min(box.height, 8)) faults.push("it is not in the window");
    else {
      const top = document.elementFromPoint((cut.left + cut.right) / 2, (cut.top + cut.bottom) / 2);
      if (!element.contains(top) && !top?.contains(element)) faults.push(`${top && called(top)} is on top of it`);
    }
    return faults.map((fault) => `${called(element)}: ${fault}`);
  }

  /** The lines of text of a page as boxes, and what is printed over what. */
  function overlaps() {
    const lines = [];
    for (const element of document.body.querySelectorAll("*")) {
      if (!isShown(element) || isForEars(element)) continue;
      for (const node of ownText(element)) {
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) if (box.width > 1 && box.height > 1) lines.push({ box, element });
      }
    }
    const found = [];
    for (const [at, one] of lines.entries()) {
      for (const other of lines.slice(at + 1)) {
        if (one.element === other.element) continue;
        const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        // Boxes of lines are higher than their letters.
        if (width > 2 && height > 0.5 * Math.min(one.box.height, other.box.height)) found.push(`${called(one.element)} and ${called(other.element)}`);
      }
    }
    return found;
  }

  /** What is cut off and cannot be scrolled to. */
  function cutOff() {
    return [...document.body.querySelectorAll("*")]
      .filter((element) => isShown(element) && !isForEars(element) && element.textContent.trim())
      .filter((element) => {
        const { overflowX, overflowY, webkitLineClamp } = getComputedStyle(element);
        // An excerpt is a part of something by its nature.
        if (webkitLineClamp !== "none" || element.matches("input, svg, svg *")) return false;
        const isCut = (overflow, content, room) => /hidden|clip/.test(overflow) && content > room + 1;
        return isCut(overflowX, element.scrollWidth, element.clientWidth) || isCut(overflowY, element.scrollHeight, element.clientHeight);
      })
      .map(called);
  }

  /** What is current or selected in a list and looks just like what is not. */
  function currentAlike() {
    const looks = (element) => {
      const style = getComputedStyle(element);
      const shown = ["fontWeight", "color", "backgroundColor", "borderTopColor", "borderTopWidth", "borderBlockEndColor", "borderInlineStartColor", "outlineStyle", "textDecorationLine"];
      return [element.tagName, ...shown.map((property) => style[property])].join(" ");
    };
    const isAlike = (current) => {
      const items = current.closest("ul, ol, [role=listbox]")?.querySelectorAll(":scope > li > :not([aria-current]), :scope > [aria-selected='false']") ?? [];
      return [...items].some((other) => isShown(other) && looks(other) === looks(current));
    };
    return [...document.querySelectorAll("[aria-current], [aria-selected='true']")].filter(isShown).filter(isAlike).map(called);
  }

  /** What moves by itself or slowly. */
  function motions() {
    return [document.documentElement, ...document.body.querySelectorAll("*")]
      .filter((element) => {
        const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(element);
        return animationName !== "none" || transitionDuration.split(", ").some((time) => parseFloat(time) > 0) || scrollBehavior === "smooth";
      })
      .map(called);
  }

  window.instruments = { contrasts, edges, smallTargets, focusFaults, overlaps, cutOff, currentAlike, motions, called, isShown, isForEars };
}

/** Insists that a page is no wider than the window, and names what is. */
export async function fitsWidth(page, where) {
  const wide = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const name = (element) => element.tagName.toLowerCase() + (element.className ? `.${element.className}` : "");
    const out = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1);
    return [`${root.scrollWidth} px of ${root.clientWidth}`, ...out.slice(0, 5).map(name)];
  });
  assert.deepEqual(wide, [], `${where}: the page is too wide`);
}
