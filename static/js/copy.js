/* A button marked data-copy copies the line beside it (data-citation). Where the browser keeps the clipboard to
   itself, as it does without HTTPS, the line is selected for Ctrl+C. What came of it stands on the button for a while. */
const tell = (button, words) => {
  button.dataset.label ??= button.textContent;
  button.textContent = words;
  document.getElementById("announcer").textContent = words;
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = setTimeout(() => {
    button.textContent = button.dataset.label;
  }, 3000);
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const line = button.parentElement.querySelector("[data-citation]");
  try {
    await navigator.clipboard.writeText(line.textContent);
    tell(button, button.dataset.copied);
  } catch {
    getSelection().selectAllChildren(line);
    tell(button, document.execCommand("copy") ? button.dataset.copied : button.dataset.refused);
  }
});
