/* Select2 draws a field of its own in place of a select and gives it no name: it takes the one of the select's label,
   or of its column's head. */
const nameFields = () => {
  for (const drawn of document.querySelectorAll(".select2-container [role=combobox]")) {
    const select = drawn.closest(".select2-container").previousElementSibling;
    const cell = select?.closest("td");
    const name = select?.labels?.[0] ?? cell?.closest("table")?.querySelectorAll("thead th")[cell.cellIndex];
    const value = drawn.querySelector(".select2-selection__rendered");
    if (!name || !value) continue;
    name.id ||= `${select.id}-name`;
    drawn.setAttribute("aria-labelledby", `${name.id} ${value.id}`);
    value.setAttribute("aria-labelledby", name.id);
  }
};
addEventListener("load", nameFields);
document.addEventListener("formset:added", () => setTimeout(nameFields)); // after Django has drawn the new row's own
