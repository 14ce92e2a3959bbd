/* [data-stays] with an id: where htmx swaps a part of the page, what stood open in it, or closed, still does. */
{
  let was = new Map();
  const parts = () => document.querySelectorAll("details[data-stays][id]");
  document.addEventListener("htmx:beforeSwap", () => {
    was = new Map([...parts()].map((part) => [part.id, part.open]));
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const part of parts()) if (was.has(part.id)) part.open = was.get(part.id);
  });
}
