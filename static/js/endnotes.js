/* In print, the addresses of a page's outside links stand as numbered notes at its end. */
const added = [];
addEventListener("beforeprint", () => {
  const main = document.getElementById("main");
  if (!main || added.length) return;
  const addresses = [];
  for (const link of main.querySelectorAll('a[href^="http"]')) {
    if (link.textContent === link.getAttribute("href")) continue; // it tells its address itself
    let number = addresses.indexOf(link.href) + 1;
    if (!number) number = addresses.push(link.href);
    const mark = document.createElement("sup");
    mark.textContent = number;
    link.after(mark);
    added.push(mark);
  }
  if (!addresses.length) return;
  const notes = document.createElement("ol");
  notes.className = "endnotes";
  for (const address of addresses) notes.appendChild(document.createElement("li")).textContent = address;
  main.append(notes);
  added.push(notes);
  document.documentElement.classList.add("has-endnotes");
});
addEventListener("afterprint", () => {
  for (const element of added.splice(0)) element.remove();
  document.documentElement.classList.remove("has-endnotes");
});
