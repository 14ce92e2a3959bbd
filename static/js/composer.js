/* While the composer works out what is left empty, what one is typing under "Change" stays as it is: then the sentence
   alone is put in. "Change" stays open if it was. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  if (target?.id !== "worked-out" || event.detail.xhr.status !== 200) return;
  const rest = document.getElementById("rest");
  const focused = document.activeElement;
  if (target.contains(focused) && focused.matches("input, select, textarea")) {
    event.detail.target = document.getElementById("sentence");
    event.detail.selectOverride = "#sentence";
  } else if (rest?.open) {
    document.addEventListener("htmx:afterSwap", () => {
      const next = document.getElementById("rest");
      if (next) next.open = true;
    }, { once: true });
  }
});
