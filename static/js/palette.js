/* The command palette: a link marked data-palette opens it as a dialog instead of its page. The arrows walk through
   what was found, Enter goes there, Escape closes. Without JavaScript the link leads to the palette's page. */
const palette = document.getElementById("palette");

document.addEventListener("click", (event) => {
  if (!palette || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!event.target.closest?.("[data-palette]")) return;
  event.preventDefault();
  palette.showModal();
  const field = palette.querySelector("input");
  field.value = "";
  field.focus();
  htmx.trigger(field, "search");
});

document.addEventListener("keydown", (event) => {
  if (!palette || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    document.querySelector("[data-palette]")?.click();
    return;
  }
  if (!palette.open) return;
  const field = palette.querySelector("input");
  const places = [...palette.querySelectorAll(".palette__place")];
  const at = places.indexOf(document.activeElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = event.key === "ArrowDown" ? at + 1 : at - 1;
    if (next < 0) field.focus();
    else places[Math.min(next, places.length - 1)]?.focus();
  } else if (event.key === "Enter" && document.activeElement === field) {
    event.preventDefault();
    places[0]?.click();
  }
});

palette?.addEventListener("click", (event) => {
  if (event.target === palette) palette.close();
});
