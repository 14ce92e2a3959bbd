/* In the reader, words that are selected bring up a link to a statement from them (its data-shortcut follows it). Its form opens
   in the margin, the text keeps its place; Escape, or a link in the form back to this page, closes it.

   The link carries the words and where they stand, in code points of the copy's text. That is the text of the page,
   character for character (templatetags/reading.py), and each paragraph says where it starts. */
const text = document.querySelector("[data-selectable]");
const control = document.querySelector(".chosen");
const link = control?.querySelector("a");
const margin = document.getElementById("margin");
const LONGEST_ADDRESS = 1500; // bytes of words in an address; longer ones are told by their place in this copy

let chosen = null; // the words last selected: { range, words, start, end }
let opened = null; // those that the form was opened from
let pressing = false;

const points = (string) => {
  let count = 0;
  for (const _ of string) count += 1;
  return count;
};

const offset = (node, at) => {
  if (node === text) {
    const paragraph = text.childNodes[at];
    return Number(paragraph ? paragraph.dataset.start : text.dataset.length);
  }
  const paragraph = (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement).closest("[data-start]");
  const before = document.createRange();
  before.setStart(paragraph, 0);
  before.setEnd(node, at);
  return Number(paragraph.dataset.start) + points(before.toString());
};

const read = () => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0).cloneRange();
  if (!range.intersectsNode(text)) return null;
  if (!text.contains(range.startContainer)) range.setStart(text, 0);
  if (!text.contains(range.endContainer)) range.setEnd(text, text.childNodes.length);
  const selected = range.toString();
  const words = selected.trim();
  if (!words) return null;
  const leading = selected.length - selected.trimStart().length;
  const start = offset(range.startContainer, range.startOffset) + points(selected.slice(0, leading));
  return { range, words, start, end: start + points(words) };
};

const query = ({ words, start, end }) => {
  const values = { start, end, copy: text.dataset.copy };
  if (encodeURIComponent(words).length <= LONGEST_ADDRESS) values.passage = words;
  return values;
};

const show = () => {
  chosen = read();
  control.hidden = !chosen;
  if (!chosen) return;
  const address = new URL(link.getAttribute("hx-get"), location);
  for (const [name, value] of Object.entries(query(chosen))) address.searchParams.set(name, value);
  link.href = address.href;
  const frame = control.parentElement.getBoundingClientRect();
  const lines = chosen.range.getClientRects();
  const last = lines[lines.length - 1] ?? chosen.range.getBoundingClientRect();
  const left = Math.min(Math.max(0, last.left - frame.left), frame.width - control.offsetWidth);
  control.style.setProperty("inset-block-start", `${last.bottom - frame.top + 6}px`);
  control.style.setProperty("left", `${Math.max(0, left)}px`);
};

const highlight = (range) => {
  if (!globalThis.CSS?.highlights) return;
  if (range) CSS.highlights.set("chosen", new Highlight(range));
  else CSS.highlights.delete("chosen");
};

// What was typed is kept (keep.js): the same words bring it back.
const leave = () => margin.querySelector("form")?.dispatchEvent(new Event("left", { bubbles: true }));

const close = () => {
  leave();
  margin.replaceChildren();
  highlight(null);
  if (!opened) return;
  getSelection().removeAllRanges();
  getSelection().addRange(opened.range);
  opened = null;
  show();
  link.focus({ preventScroll: true });
};

if (text && link) {
  let waiting = 0;
  document.addEventListener("selectionchange", () => {
    if (pressing || (control.contains(document.activeElement) && getSelection().isCollapsed)) return;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(show);
  });
  document.addEventListener("pointerdown", (event) => {
    pressing = !control.contains(event.target);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => {
      if (!pressing) return;
      pressing = false;
      requestAnimationFrame(show);
    });
  }
  control.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.key !== "Escape" || !margin.contains(event.target)) return;
    event.preventDefault();
    close();
  });
  control.addEventListener("click", (event) => {
    if (!control.hidden) return; // its key is pressed, but nothing is selected
    event.preventDefault();
    event.stopPropagation();
  }, true);

  link.addEventListener("htmx:configRequest", (event) => {
    Object.assign(event.detail.parameters, query(chosen));
  });
  link.addEventListener("htmx:beforeRequest", () => {
    leave();
    opened = chosen;
  });
  link.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    control.hidden = true;
    highlight(opened.range);
  });
  margin.addEventListener("htmx:afterSettle", (event) => {
    if (event.target !== margin || margin.querySelector("[data-focus]")) return;
    margin.querySelector("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
  });
  margin.addEventListener("click", (event) => {
    const back = event.target.closest("a[href]");
    if (!back || back.pathname !== location.pathname || back.search) return;
    event.preventDefault();
    close();
  });
}
