// Shows what this browser keeps for the website, and takes it away: on the page "What this site knows about me" where
// that is served under the website's own name, and on any page of the website that has <div data-footfall-known>.
// Nothing is sent anywhere.
(function known({ site, hosts, kept, words }) {
  const place = document.querySelector("[data-footfall-known]");
  if (!place || !hosts.includes(location.host)) return; // another origin's storage cannot be seen, so its own words stand

  const stores = { local: () => localStorage, session: () => sessionStorage };

  function read({ kind, name }) {
    try {
      if (kind !== "cookie") return stores[kind]().getItem(name);
      const pair = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
      return pair ? pair.slice(name.length + 1) : null;
    } catch {
      return null; // storage is blocked, so there is nothing
    }
  }

  function remove({ kind, name }) {
    try {
      if (kind !== "cookie") stores[kind]().removeItem(name);
      else document.cookie = `${name}=; Max-Age=0; Path=/; SameSite=Lax`;
    } catch {
      // Storage is blocked, so there is nothing.
    }
  }

  function held() {
    return kept.map((one) => ({ ...one, value: read(one) })).filter(({ value }) => value !== null);
  }

  function element(name, text, ...inside) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...inside);
    return made;
  }

  function button(text, press) {
    const made = element("button", text);
    made.type = "button";
    made.addEventListener("click", press);
    return made;
  }

  /** What is kept under a name, in a box that the keyboard can scroll. */
  function content(name, value) {
    const made = element("pre", pretty(value));
    made.tabIndex = 0;
    made.setAttribute("role", "group");
    made.setAttribute("aria-label", name);
    return made;
  }

  function parsed(value) {
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }

  function pretty(value) {
    const content = parsed(value);
    return typeof content === "string" ? content : JSON.stringify(content, null, 2);
  }

  function download() {
    const all = held().map(({ kind, name, value }) => ({ kind, name, value: parsed(value) }));
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ site, kept: all }, null, 2)], { type: "application/json" }));
    link.download = `footfall-${site}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function forget() {
    window.footfall?.reset?.(); // the snippet of this page, if it has one
    kept.forEach(remove);
    const tabs = new BroadcastChannel("ff"); // those of the snippet's other pages: what each knows of a visit is its own
    tabs.postMessage(null);
    tabs.close();
    draw(words.deleted);
    status.focus();
  }

  const status = element("p");
  status.setAttribute("role", "status");
  status.tabIndex = -1;

  function draw(said) {
    const found = held();
    status.textContent = said;
    const parts = found.flatMap(({ name, place: where, expiry, holds, value }) => [
      element("h3", `${where}: ${name}`),
      element("p", `${holds} (${expiry})`),
      content(name, value),
    ]);
    const buttons = [button(words.delete, forget)];
    if (words.download) buttons.push(button(words.download, download)); // it leaves a file: not where traces are dangerous
    const actions = found.length ? [element("p", "", ...buttons), element("p", words.delete_note)] : [];
    if (!found.length && !said) parts.push(element("p", words.nothing));
    place.replaceChildren(status, ...parts, ...actions);
  }

  draw("");
})
