/* Ctrl+Enter (Command+Enter) sends a form marked data-submit-keys. A key named by data-key ("Alt+d", "a") presses its
   button, follows its link or opens its summary; a bare letter only while the focus is inside the nearest [data-keys],
   and never while one types. */
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;

  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("form[data-submit-keys]");
    if (!form) return;
    event.preventDefault();
    const primary = form.querySelector(".button--primary");
    if (primary) primary.click(); // and not requestSubmit: htmx sends only a button that was clicked
    else form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey) return;

  const letter = event.code.startsWith("Key") && event.altKey ? event.code.slice(3).toLowerCase() : event.key;
  for (const element of document.querySelectorAll("[data-key]")) {
    const key = element.dataset.key;
    if (key !== (event.altKey ? `Alt+${letter}` : letter)) continue;
    if (!event.altKey) {
      if (event.target.closest?.("input, select, textarea, [contenteditable]")) continue;
      if (!element.closest("[data-keys]")?.contains(document.activeElement)) continue;
    }
    event.preventDefault();
    element.click();
    if (element.matches("summary") && element.parentElement.open) {
      element.parentElement.querySelector("input, select, textarea")?.focus();
    }
    return;
  }
});
