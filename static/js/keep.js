/* A form marked data-keep loses nothing. While one types it is kept: at once in this browser, and soon with the server,
   which then relieves the browser. When its page is opened again (after a sign-in, a fallen network, a server that
   restarted) it is filled in again, and says so. data-keep may name the address it is kept under; else it is the form's
   own. A form whose rows grow marks with data-again the button by which the server renders it anew. While the server does
   not answer, the form says so and tries again. What is stored is forgotten: the server tells by a cookie. Signing out
   forgets what this browser kept. */
{
  const { user, drafts } = document.body.dataset;
  const prefix = `keep:${user}:`;
  const NEVER = ["csrfmiddlewaretoken", "token", "kept"];
  const sent = new WeakSet(); // forms on their way
  const changed = new Map(); // forms not yet with the server, and their timers

  const remember = (storage, key, value) => {
    try {
      storage.setItem(key, value);
    } catch {
      /* full or refused: the server still keeps it */
    }
  };
  const local = (address) => {
    try {
      return JSON.parse(localStorage.getItem(prefix + address));
    } catch {
      return null;
    }
  };
  const pathOf = (url) => url.pathname + url.search;
  const here = pathOf(new URL(location.href));
  const addressOf = (form) =>
    form.dataset.keep || pathOf(new URL(form.getAttribute("action") || location.href, location.href));

  const collect = (form) => {
    const fields = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !NEVER.includes(name)) (fields[name] ??= []).push(value);
    }
    return fields;
  };
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  const tell = (body, keepalive) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    return fetch(drafts, { method: "POST", body, keepalive, redirect: "manual", headers: { "X-CSRFToken": token } });
  };
  const keepHere = (form) => {
    const address = addressOf(form);
    remember(localStorage, prefix + address, JSON.stringify({ page: here, fields: collect(form) }));
  };
  const keepThere = async (form, keepalive = false) => {
    clearTimeout(changed.get(form));
    changed.delete(form);
    if (sent.has(form)) return;
    const address = addressOf(form);
    const fields = collect(form);
    const body = new URLSearchParams({ address, fields: JSON.stringify(fields) });
    try {
      const answer = await tell(body, keepalive);
      form.querySelector(".kept--here")?.remove();
      if (answer.status !== 204 || !same(local(address)?.fields, fields)) return;
      // The server has it. Where the form has no page of its own, this browser remembers where it was begun.
      if (address === here) localStorage.removeItem(prefix + address);
      else remember(localStorage, prefix + address, JSON.stringify({ page: here }));
    } catch {
      tellAway(form);
      if (!changed.has(form)) changed.set(form, setTimeout(() => keepThere(form), 5000));
    }
  };
  const tellAway = (form) => {
    const part = document.getElementById("kept-here")?.content.firstElementChild;
    if (part && !form.querySelector(".kept--here")) form.prepend(part.cloneNode(true));
  };
  const forget = (address) => {
    localStorage.removeItem(prefix + address);
    return tell(new URLSearchParams({ address, discard: "1" }), true);
  };

  const fill = (form, fields) => {
    const missing = [];
    for (const [name, values] of Object.entries(fields)) {
      const controls = [...form.elements].filter((control) => control.name === name);
      if (!controls.length) {
        missing.push([name, values]);
        continue;
      }
      controls.forEach((control, number) => {
        if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
        else if (control.multiple) for (const option of control.options) option.selected = values.includes(option.value);
        else {
          const value = values[number] ?? "";
          if (control.matches("select") && ![...control.options].some((option) => option.value === value)) {
            control.add(new Option(fields[`${name}-words`]?.[0] ?? value, value));
          }
          control.value = value;
        }
      });
    }
    for (const control of form.elements) {
      if (control.type === "checkbox" && control.name && !(control.name in fields)) control.checked = false;
    }
    for (const words of form.querySelectorAll(".typeahead__words")) words.dispatchEvent(new Event("kept"));
    return missing;
  };

  const notice = (id, address, before) => {
    const part = document.getElementById(id)?.content.firstElementChild.cloneNode(true);
    if (!part) return null;
    part.querySelector("button").addEventListener("click", async () => {
      for (const timer of changed.values()) clearTimeout(timer);
      changed.clear();
      await forget(address).catch(() => {});
      location.reload();
    });
    before.before(part);
    return part;
  };
  // A form of this page that is not open: one is told where it is.
  const elsewhere = new Map();
  const tellElsewhere = (address) => {
    const first = document.getElementById("main")?.firstElementChild;
    if (!first || elsewhere.has(address)) return;
    const part = notice("kept-elsewhere", address, first);
    part?.querySelector("a").setAttribute("href", address);
    elsewhere.set(address, part);
  };

  const restore = async (form, answers) => {
    const address = addressOf(form);
    // What came back is what was sent; but where the server never answered, the page itself was opened again.
    if (sessionStorage.getItem("keep-sent") === address && (answers || "posted" in document.body.dataset)) return;
    let fields = local(address)?.fields;
    if (!fields) {
      try {
        const answer = await fetch(`${drafts}?${new URLSearchParams({ address })}`, { redirect: "manual" });
        if (answer.status === 200) ({ fields } = await answer.json());
      } catch {
        /* no network: nothing to bring back */
      }
    }
    if (!fields || changed.has(form) || same(fields, collect(form))) return;
    const missing = fill(form, fields);
    const again = form.querySelector("button[data-again]");
    if (missing.length && again) {
      // Rows that the form does not have yet: the server makes them.
      for (const [name, values] of missing) {
        for (const value of values) {
          const field = document.createElement("input");
          Object.assign(field, { type: "hidden", name, value });
          form.append(field);
        }
      }
      remember(sessionStorage, "keep-back", address);
      again.click();
      return;
    }
    notice("kept-notice", address, form);
    form.querySelector("#answers")?.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "kept" }));
  };

  const begin = (part) => {
    const forms = [...(part.querySelectorAll?.("form[data-keep]") ?? [])];
    if (part.matches?.("form[data-keep]")) forms.push(part);
    if (!forms.length && part !== document) return; // a part of a form, and the form itself may be on its way
    for (const form of forms) {
      if (form.dataset.kept) continue;
      form.dataset.kept = "yes";
      elsewhere.get(addressOf(form))?.remove();
      elsewhere.delete(addressOf(form));
      if (sessionStorage.getItem("keep-back") === addressOf(form)) {
        sessionStorage.removeItem("keep-back");
        notice("kept-notice", addressOf(form), form);
      } else restore(form, part !== document);
    }
    sessionStorage.removeItem("keep-sent");
  };

  if (user) {
    const forgetStored = () => {
      const stored = document.cookie.match(/(?:^|; )stored=([^;]*)/);
      if (!stored) return;
      const address = decodeURIComponent(decodeURIComponent(stored[1].replace(/^"|"$/g, "")));
      localStorage.removeItem(prefix + address);
      document.cookie = "stored=; max-age=0; path=/";
    };
    forgetStored();
    begin(document);
    document.addEventListener("htmx:load", (event) => {
      forgetStored();
      begin(event.detail.elt);
    });
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(prefix)) continue;
      const address = key.slice(prefix.length);
      if (local(address)?.page === here && address !== here) tellElsewhere(address);
    }
    // A form that is put away half typed (selection.js).
    document.addEventListener("left", ({ target }) => {
      if (changed.has(target)) keepThere(target);
      if (!sent.has(target) && local(addressOf(target))) tellElsewhere(addressOf(target));
    });

    const onChange = (event) => {
      const form = event.target.closest?.("form[data-keep]");
      if (!form || sent.has(form) || event.detail === "kept") return;
      keepHere(form);
      clearTimeout(changed.get(form));
      changed.set(form, setTimeout(() => keepThere(form), 1500));
    };
    document.addEventListener("input", onChange);
    document.addEventListener("change", onChange);
    addEventListener("pagehide", () => {
      for (const form of changed.keys()) keepThere(form, true);
    });
    document.addEventListener("submit", (event) => {
      if (event.target.matches("[data-sign-out]")) {
        for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
        return;
      }
      if (!event.target.matches("form[data-keep]")) return;
      const form = event.target;
      let kept = form.querySelector("input[name=kept]");
      if (!kept) {
        kept = document.createElement("input");
        Object.assign(kept, { type: "hidden", name: "kept" });
        form.append(kept);
      }
      kept.value = addressOf(form);
      keepHere(form);
      clearTimeout(changed.get(form));
      changed.delete(form);
      sent.add(form);
      remember(sessionStorage, "keep-sent", kept.value);
    }, true);
    // An htmx form whose answer never came is still being typed in.
    document.addEventListener("htmx:afterRequest", (event) => {
      const form = event.detail.elt;
      if (event.detail.successful || !sent.delete(form)) return;
      if (event.detail.xhr.status) return;
      sessionStorage.removeItem("keep-sent");
      tellAway(form);
    });
    addEventListener("pageshow", (event) => {
      // Gone back to, as it was left: it is typed in again.
      if (event.persisted) for (const form of document.querySelectorAll("form[data-keep]")) sent.delete(form);
    });
  } else {
    sessionStorage.removeItem("keep-sent");
  }
}
