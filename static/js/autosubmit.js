/* A form marked data-autosubmit sends itself when a choice in it changes. Its own button does the same without us. */
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-autosubmit")) form.requestSubmit();
});
