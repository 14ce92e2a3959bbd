/* [data-stays] with an id: where htmx swaps a part of the page, what stood open in it, or closed, still does, and what had
   the focus in it has it again: htmx itself gives it back only to what is seen at once. */
{
  let was = new Map();
  let focused = "";
  const parts = () => document.querySelectorAll("details[data-stays][id]");
  document.addEventListener("htmx:beforeSwap", () => {
    was = new Map([...parts()].map((part) => [part.id, part.open]));
    focused = document.activeElement?.closest("[data-stays]") ? document.activeElement.id : "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const part of parts()) if (was.has(part.id)) part.open = was.get(part.id);
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
  });
}
