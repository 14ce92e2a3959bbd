/* On the review of one item, words selected in a part marked data-field are what the return's next comment is about:
   opening the return fills the first row that is still empty with that field and those words. */
let selected = null;
const note = () => {
  const selection = document.getSelection();
  const node = selection.anchorNode;
  const part = (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.("[data-field]");
  if (!selection.isCollapsed && part?.contains(selection.focusNode)) {
    // The quotation marks around words quoted whole are the page's, not the field's.
    const words = selection.toString().trim().replace(/^[“”"]+|[“”"]+$/g, "");
    selected = { field: part.dataset.field, words };
  } else if (node && document.activeElement?.matches("body, [data-keys]")) {
    selected = null;
  }
};
// Who is quick opens the return before the browser has told of the selection, and opening moves the focus.
for (const moment of ["selectionchange", "keydown", "pointerdown"]) document.addEventListener(moment, note, true);
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.returning[open]") || !selected) return;
  for (const row of event.target.querySelectorAll("[data-comment]")) {
    const [field, words, text] = row.querySelectorAll("select, input, textarea");
    if (field.value || words.value || text.value) continue;
    field.value = selected.field;
    words.value = selected.words;
    selected = null;
    text.focus();
    return;
  }
}, true);
