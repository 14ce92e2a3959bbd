/* One key goes where the link or button marked data-shortcut leads; ? lists them all, as the page has them. None fires
   while one types, with Ctrl, Alt or Command held, or in a dialog; they can be turned off (WCAG 2.1.4), remembered in
   this browser. */
const OFF = "desk.shortcuts.off";
const list = document.getElementById("shortcuts");
const isOff = () => localStorage.getItem(OFF) === "1";

const fill = () => {
  const rows = list.querySelector("dl");
  rows.replaceChildren();
  const add = (key, label) => {
    const term = document.createElement("dt");
    const shown = document.createElement("kbd");
    shown.textContent = key;
    term.append(shown);
    const what = document.createElement("dd");
    what.textContent = label;
    rows.append(term, what);
  };
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-shortcut], [data-key]")) {
    const key = element.dataset.shortcut ?? element.dataset.key;
    const label = element.dataset.shortcutLabel ?? element.textContent.trim().replace(/\s+/g, " ");
    if (seen.has(key) || !label) continue;
    seen.add(key);
    add(key, label);
  }
  for (const item of list.querySelector("template").content.querySelectorAll("li")) add(item.dataset.keys, item.textContent);
  list.querySelector("input").checked = !isOff();
};

const show = () => {
  fill();
  list.showModal();
};

document.addEventListener("keydown", (event) => {
  if (!list || event.defaultPrevented || event.isComposing || event.repeat) return;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest?.("input, select, textarea, [contenteditable]") || isOff()) return;
  if (event.key === "?") {
    event.preventDefault();
    show();
    return;
  }
  const wanted = [...document.querySelectorAll("[data-shortcut]")].find(
    (element) => element.dataset.shortcut === event.key,
  );
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input")) wanted.focus();
  else wanted.click();
});

for (const opener of document.querySelectorAll("[data-shortcuts-open]")) {
  opener.hidden = false;
  opener.addEventListener("click", show);
}
list?.addEventListener("change", (event) => {
  if (event.target.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
});
