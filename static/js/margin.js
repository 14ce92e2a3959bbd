/* In the reader, each statement of the margin stands at the height of its first passage, or below the one before it,
   and choosing marked words leads to their statement. Without us they stand in the order of their passages, and the
   numbers in the text lead to them. */
const text = document.querySelector(".copy-text");
const notes = [...document.querySelectorAll(".note")];

const place = () => {
  if (!notes.length) return;
  for (const note of notes) note.style.removeProperty("--gap");
  const top = notes[0].parentElement.getBoundingClientRect().top;
  const wanted = notes.map((note) => {
    const mark = note.dataset.at && document.getElementById(note.dataset.at);
    return { at: mark ? mark.getBoundingClientRect().top - top : 0, height: note.getBoundingClientRect().height };
  });
  let bottom = 0;
  notes.forEach((note, number) => {
    const gap = Math.max(0, wanted[number].at - bottom);
    note.style.setProperty("--gap", `${gap}px`);
    bottom += gap + wanted[number].height;
  });
};

if (text) {
  new ResizeObserver(place).observe(text);
  document.fonts?.ready.then(place);
  text.addEventListener("click", (event) => {
    const mark = event.target.closest("mark[data-note]");
    if (!mark || !getSelection().isCollapsed) return;
    const chosen = document.getElementById(`s-${mark.dataset.note}`);
    for (const note of notes) note.classList.toggle("is-selected", note === chosen);
    chosen?.scrollIntoView({ block: "nearest" });
    chosen?.querySelector("a.said").focus({ preventScroll: true });
  });
}
