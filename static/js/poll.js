/* What is marked data-poll asks the server again every 45 seconds while the page is seen, and once when it is seen
   again. The browser sends the last answer's ETag along, so that an unchanged page costs the server a 304. */
const poll = () => {
  if (document.visibilityState !== "visible") return;
  for (const element of document.querySelectorAll("[data-poll]")) htmx.trigger(element, "poll");
};
setInterval(poll, 45_000);
document.addEventListener("visibilitychange", poll);
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-reload]")) return;
  event.preventDefault();
  location.reload();
});
