"""What is true of every page: it can be read, touched and heard, and loads nothing."""

from __future__ import annotations

from pathlib import Path

from tests.browser import Browser

# The contrast of every text that is seen, by the formula of WCAG 2: the least one, and its text.
CONTRAST = r"""
(() => {
  const light = (colour) => {
    const parts = colour.match(/[\d.]+/g).map(Number).slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (!colour.endsWith(", 0)")) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  let least = [99, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, node = text.parentElement;
    if (!text.textContent.trim() || !node.checkVisibility() || node.tagName === "SCRIPT") continue;
    const style = getComputedStyle(node), ink = node.closest("svg") ? style.fill : style.color;
    const [a, b] = [light(ink), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least[0]) least = [ratio, text.textContent];
  }
  return least;
})()
"""

# What someone who does not see the page, or has no mouse, would miss: a list of sentences.
FAULTS = r"""
(() => {
  const found = [], all = (what) => [...document.querySelectorAll(what)];
  const seen = all("body *").filter((node) => node.checkVisibility());
  const told = (node) => node.outerHTML.slice(0, 120);
  const name = (node) => (node.getAttribute("aria-label") || node.textContent ||
    [...(node.labels || [])].map((label) => label.textContent).join("") || "").trim();
  if (!document.title.trim()) found.push("no title");
  if (!document.documentElement.lang) found.push("no language");
  if (all("main").length !== 1) found.push("not one main part");
  if (all("h1").length !== 1) found.push("not one h1");
  let level = 0;
  for (const node of seen.filter((one) => /^H[1-6]$/.test(one.tagName))) {
    const here = Number(node.tagName[1]);
    if (here > level + 1) found.push("a heading leaves out a level: " + told(node));
    level = here;
    if (!node.textContent.trim()) found.push("an empty heading: " + told(node));
  }
  for (const node of seen) {
    const controls = node.matches("button, input, select, textarea, a[href], summary");
    const roles = node.matches("[role=img], [role=grid], [role=group], [role=listbox], form, " +
      "canvas:not([aria-hidden=true])");
    if ((controls || roles) && !name(node)) found.push("no name: " + told(node));
    if (node.matches("img") && !node.alt) found.push("no alt: " + told(node));
    if (node.matches("[onclick], [onload], [onerror]")) found.push("a handler: " + told(node));
    if (node.tabIndex > 0) found.push("a place in the order of tabs: " + told(node));
    if (node.matches("button, input, select, summary")) {
      const box = (node.closest("label") || node).getBoundingClientRect();
      if (box.height < 44 || box.width < 44) found.push("small to touch: " + told(node));
    }
    const style = getComputedStyle(node);
    const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY) &&
      (node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight);
    if (scrolls && node.tabIndex < 0 && !node.querySelector("[tabindex='0'], button, input"))
      found.push("scrolls by no key: " + told(node));
    const text = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    if (text && parseFloat(style.fontSize) < 10) found.push("small letters: " + told(node));
  }
  const ids = all("[id]").map((node) => node.id);
  for (const one of ids) if (ids.indexOf(one) !== ids.lastIndexOf(one)) found.push("twice: " + one);
  return found;
})()
"""

WIDTHS = (360, 1440)


def check_page(browser: Browser, page: Path) -> None:
    """Fail for what is wrong with a page, narrow and wide, light and dark."""
    for width in WIDTHS:
        for dark in (False, True):
            browser.open(page, width=width, dark=dark)
            check_opened(browser, page, width)


def check_opened(browser: Browser, page: Path, width: int) -> None:
    """Fail for what is wrong with the page as it stands now."""
    assert browser.run("document.documentElement.scrollWidth") <= width
    ratio, text = browser.run(CONTRAST)
    assert ratio >= 4.5, text
    faults = browser.run(FAULTS)
    assert not faults, "\n".join(faults)
    assert not browser.errors, browser.errors
    loaded = [url for url in browser.requests if not url.startswith("data:")]
    assert loaded == [page.resolve().as_uri()], loaded
