/* [data-typeahead="/choose/person/"] becomes a combobox: type, arrows, Enter or Tab to choose, Escape to close. The list
   is the server's, and stands in the top layer, where no scrolling part of the page clips it. What was chosen is the value of the hidden select, which then tells of its change. "Add ..." opens
   the small form of data-new in a dialogue; what it adds is chosen. Without this file the server looks the words up. */
{
  const announce = (text) => {
    const announcer = document.getElementById("announcer");
    if (announcer) announcer.textContent = text;
  };

  const HIGHEST = 288; // pixels of a list
  let shown = null; // the box whose list is open, and the list
  const place = () => {
    if (!shown) return;
    const { input, list } = shown;
    const box = input.getBoundingClientRect();
    const height = window.visualViewport?.height ?? innerHeight;
    const below = height - box.bottom - 8;
    const under = below >= Math.min(HIGHEST, list.scrollHeight) || below >= box.top;
    const at = {
      left: box.left,
      width: box.width,
      "max-height": Math.min(HIGHEST, under ? below : box.top - 8),
      [under ? "top" : "bottom"]: under ? box.bottom : document.documentElement.clientHeight - box.top,
    };
    list.style.removeProperty(under ? "bottom" : "top");
    for (const [name, value] of Object.entries(at)) list.style.setProperty(name, `${value}px`);
  };
  addEventListener("scroll", place, { capture: true, passive: true });
  addEventListener("resize", place);

  /* Open the form at `address` in a dialogue; `then` gets what it added. */
  const openDialogue = (address, opener, then) => {
    const dialogue = document.createElement("dialog");
    dialogue.className = "dialogue";
    document.body.append(dialogue);
    dialogue.addEventListener("added", (event) => {
      dialogue.close();
      then(event.detail);
    });
    dialogue.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) dialogue.close();
    });
    dialogue.addEventListener("close", () => {
      dialogue.remove();
      if (document.activeElement === document.body) opener.focus();
    });
    window.htmx.ajax("GET", address, { target: dialogue, swap: "innerHTML" }).then(() => {
      if (!dialogue.firstElementChild) return dialogue.remove();
      dialogue.showModal();
      const fields = [...dialogue.querySelectorAll("input:not([type=hidden])")];
      (fields.find((field) => !field.value) ?? fields[0])?.focus();
    });
  };

  const upgrade = (root) => {
    const input = root.querySelector(".typeahead__words");
    const key = root.querySelector(".typeahead__key");
    if (!input || input.hasAttribute("role")) return;
    const listId = `${input.id}_list`;
    let list = null;
    let active = null;
    let waiting = 0;
    let asked = 0;
    let pick = false; // Enter came before the answer
    let chosen = input.value;

    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-haspopup", "listbox");

    const options = () => [...(list?.querySelectorAll("[role=option]") ?? [])];
    const close = () => {
      clearTimeout(waiting);
      asked += 1;
      pick = false;
      list?.remove();
      list = active = shown = null;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      input.removeAttribute("aria-controls");
    };
    const point = (option) => {
      active?.setAttribute("aria-selected", "false");
      active = option ?? null;
      if (!active) return input.removeAttribute("aria-activedescendant");
      active.setAttribute("aria-selected", "true");
      active.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", active.id);
    };
    const set = (value, label) => {
      key.replaceChildren(new Option(label, value, true, true));
      input.value = chosen = label;
      input.removeAttribute("aria-invalid");
      close();
      key.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const choose = (option) => {
      if ("value" in option.dataset) return set(option.dataset.value, option.dataset.label);
      const address = new URL(root.dataset.new, location.href);
      if (!address.searchParams.has("person")) address.searchParams.set("name", option.dataset.add);
      close();
      openDialogue(address.pathname + address.search, input, ({ value, label }) => {
        set(value, label);
        input.focus();
      });
    };
    const ask = async () => {
      const address = new URL(root.dataset.typeahead, location.href);
      address.searchParams.set("q", input.value);
      if (root.dataset.new) address.searchParams.set("add", "1");
      const mine = (asked += 1);
      let answer;
      try {
        answer = await fetch(address, { headers: { "HX-Request": "true" } });
      } catch {
        return; // the words stay, and the server looks them up
      }
      if (mine !== asked || !answer.ok || answer.headers.has("HX-Redirect")) return;
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      if (mine !== asked) return;
      const picked = pick;
      list?.remove();
      list = holder.content.querySelector("[role=listbox]");
      if (!list) return;
      list.id = listId;
      options().forEach((option, number) => (option.id = `${listId}_${number}`));
      const found = options().filter((option) => "value" in option.dataset);
      if (document.activeElement !== input) {
        if (found.length === 1 && input.value.trim()) return set(found[0].dataset.value, found[0].dataset.label);
        return close();
      }
      root.append(list);
      if (list.showPopover) {
        list.popover = "manual";
        list.showPopover();
        shown = { input, list };
        place();
      }
      input.setAttribute("aria-expanded", "true");
      input.setAttribute("aria-controls", listId);
      active = null;
      point(input.value.trim() ? options()[0] : null);
      announce(list.dataset.announce ?? "");
      if (picked && found.length) choose(found[0]);
    };

    input.addEventListener("input", () => {
      clearTimeout(waiting);
      if (input.value !== chosen) key.replaceChildren(new Option("", "", true, true));
      pick = false;
      if (!input.value.trim()) {
        close();
        chosen = "";
        return;
      }
      waiting = setTimeout(ask, 120);
    });
    input.addEventListener("click", () => {
      if (!list && !input.value) ask();
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!list) return ask();
        const all = options();
        const step = event.key === "ArrowDown" ? 1 : -1;
        const from = active ? all.indexOf(active) : step > 0 ? -1 : 0;
        point(all[(from + step + all.length) % all.length]);
      } else if (event.key === "Enter" && !event.altKey) {
        event.preventDefault(); // never sends the form
        if (list && active) choose(active);
        else if (input.value.trim() && input.value !== chosen) {
          pick = true;
          clearTimeout(waiting);
          ask().then(() => (pick = false));
        }
      } else if (event.key === "Escape" && list) {
        event.preventDefault();
        event.stopPropagation();
        close();
      } else if (event.key === "Tab" && list && active && "value" in active.dataset && input.value !== chosen) {
        choose(active);
      }
    });
    input.addEventListener("blur", () => {
      if (list) close();
      else if (input.value.trim() && input.value !== chosen && !key.value) ask();
    });
    root.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault(); // the box keeps the focus
      choose(option);
    });
    // Several were found by the server, or what was typed came back: its list is asked for again on the way in.
    input.addEventListener("focus", () => {
      if (input.value.trim() && !key.value) ask();
    });
    // A kept form came back (keep.js).
    input.addEventListener("kept", () => (chosen = key.value ? input.value : ""));
  };

  const upgradeAll = (part) => {
    if (part.matches?.("[data-typeahead]")) upgrade(part);
    for (const root of part.querySelectorAll?.("[data-typeahead]") ?? []) upgrade(root);
  };
  document.addEventListener("htmx:load", (event) => upgradeAll(event.detail.elt));
  upgradeAll(document);

  // A link marked data-add opens its small form in a dialogue, and tells its own form that something was added.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-add-dialogue]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    openDialogue(link.getAttribute("href"), link, () => {
      link.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
}
