/* While the composer works out what is left empty, nothing that one types meanwhile is lost. A further change makes the
   answer under way out of date; it is answered itself. What one is typing under "Change" stays as it is: then the
   sentence alone is put in. What was open stays open. */
{
  const isTyping = (part) => {
    const focused = document.activeElement;
    return part.contains(focused) && focused.matches("input, select, textarea") ? focused : null;
  };

  document.addEventListener("change", (event) => {
    const asks = event.target.closest?.("#asks");
    if (asks) window.htmx.trigger(asks, "htmx:abort");
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    if (target?.id !== "worked-out" || event.detail.xhr.status !== 200) return;
    if (isTyping(target)) {
      event.detail.target = document.getElementById("sentence");
      event.detail.selectOverride = "#sentence";
    } else if (document.getElementById("rest")?.open) {
      document.addEventListener("htmx:afterSwap", () => {
        const next = document.getElementById("rest");
        if (next) next.open = true;
      }, { once: true });
    }
  });

  document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target, fragment } }) => {
    if (!target.matches(".composer__how")) return;
    const next = fragment.querySelector("details");
    if (next && target.querySelector("details")?.open) next.open = true;
    const typed = isTyping(target);
    const same = typed?.id && fragment.querySelector(`#${CSS.escape(typed.id)}`);
    if (same && !same.matches("[type=radio], [type=checkbox], select")) same.value = typed.value;
  });
}
