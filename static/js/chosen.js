/* Rows chosen on one page of a list stay chosen on its other pages, in this tab, until something was done with them.
   Without us a page's own boxes are sent alone, and "all found" reaches the other pages. */
{
  const name = (list) => `chosen:${list}`;
  const chosenOf = (form) => {
    try {
      return new Set(JSON.parse(sessionStorage.getItem(name(form.dataset.selection))) ?? []);
    } catch {
      return new Set();
    }
  };
  const boxes = (form) => [...form.elements].filter((field) => field.name === "ref");
  const tell = (form, chosen) => {
    const told = form.querySelector("output");
    told.textContent = chosen.size ? told.dataset.chosen.replace("%s", chosen.size) : "";
    form.querySelector("[data-selection-clear]").hidden = !chosen.size;
  };
  const keep = (form, chosen) => {
    sessionStorage.setItem(name(form.dataset.selection), JSON.stringify([...chosen]));
    tell(form, chosen);
  };
  const show = () => {
    for (const form of document.querySelectorAll("form[data-selection]")) {
      const chosen = chosenOf(form);
      for (const box of boxes(form)) box.checked = chosen.has(box.value);
      tell(form, chosen);
    }
  };
  document.addEventListener("change", ({ target }) => {
    const form = target.form;
    if (target.name !== "ref" || !form?.dataset.selection) return;
    const chosen = chosenOf(form);
    if (target.checked) chosen.add(target.value);
    else chosen.delete(target.value);
    keep(form, chosen);
  });
  document.addEventListener("click", ({ target }) => {
    const clear = target.closest("[data-selection-clear]");
    if (!clear) return;
    keep(clear.form, new Set());
    show();
  });
  document.addEventListener("formdata", ({ target, formData }) => {
    if (!target.dataset.selection) return;
    formData.delete("ref");
    for (const ref of chosenOf(target)) formData.append("ref", ref);
  }, true);
  document.addEventListener("htmx:afterSettle", show);
  addEventListener("pageshow", show);
  const done = document.querySelector("[data-selection-done]");
  if (done) sessionStorage.removeItem(name(done.dataset.selectionDone));
  show();
}
