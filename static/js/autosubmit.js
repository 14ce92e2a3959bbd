/* A form marked data-autosubmit sends itself when a choice in it changes, and leaves empty fields out of the address.
   Typed text waits for Enter, which sends the form by itself: twice would leave two steps to go back.
   Its own button does the same without us. */
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form?.hasAttribute("data-autosubmit")) return;
  if (event.target.matches("select, [type=checkbox], [type=radio], [type=date]")) form.requestSubmit();
});
document.addEventListener("formdata", (event) => {
  if (!event.target.hasAttribute("data-autosubmit")) return;
  for (const [name, value] of [...event.formData]) {
    if (value === "") event.formData.delete(name);
  }
}, true);
