/* A form marked data-autosubmit sends itself when a choice in it changes, and leaves empty fields out of the address.
   Its own button does the same without us. */
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-autosubmit")) form.requestSubmit();
});
document.addEventListener("formdata", (event) => {
  if (!event.target.hasAttribute("data-autosubmit")) return;
  for (const [name, value] of [...event.formData]) {
    if (value === "") event.formData.delete(name);
  }
}, true);
