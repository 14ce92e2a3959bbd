/* After htmx has swapped a part of the page: data-announce in it is read out, data-focus in it takes the focus. What
   stands within comes first: a part that was swapped before may still bear its own. */
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.target?.isConnected ? event.detail.target : event.detail.elt;
  const find = (selector) => part.querySelector(selector) ?? (part.matches(selector) ? part : null);
  const spoken = find("[data-announce]");
  const announcer = document.getElementById("announcer");
  if (spoken && announcer) announcer.textContent = spoken.dataset.announce;
  find("[data-focus]")?.focus();
});
/* A refused form comes back with 422 and a conflict with 409: their pages are worth showing. */
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
