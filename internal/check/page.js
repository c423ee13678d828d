// What the check asks of a page. Names alone leave the page, never a value.
({
  // The snippet's tags: a file of ours with data-site, or one that lacks it.
  tags() {
    const ours = /\/footfall(-count)?([.-][\w-]+)?\.js$/;
    return [...document.scripts]
      .filter((script) => script.src && ours.test(new URL(script.src).pathname))
      .map((script) => ({
        src: script.src,
        site: script.dataset.site ?? "",
        automation: "allowAutomation" in script.dataset,
      }));
  },

  globals(names) {
    return names.filter((name) => window[name] !== undefined && !(window[name] instanceof Element));
  },

  async storage() {
    const keys = (read) => {
      try {
        return Object.keys(read());
      } catch {
        return []; // a frame without storage
      }
    };
    const databases = async () => {
      try {
        return (await indexedDB.databases()).map((database) => database.name);
      } catch {
        return [];
      }
    };
    return {
      host: /^https?:/.test(origin) ? new URL(origin).hostname : "", // of a blank frame, its opener's
      local: keys(() => localStorage),
      session: keys(() => sessionStorage),
      database: await databases(),
    };
  },

  // The first link to another page of the same website that a reader could follow.
  link() {
    const other = (a) => {
      const url = new URL(a.href);
      const page = !/\.(?!html?$|php$|aspx?$)\w{2,5}$/.test(url.pathname) && !/log-?(in|out)|sign-?(in|out)|delete|exit/i.test(a.href);
      const away = a.hasAttribute("download") || a.hasAttribute("data-footfall-exit") || a.hasAttribute("data-footfall-open");
      return url.origin === location.origin && url.pathname !== location.pathname && page && !away;
    };
    return [...document.querySelectorAll("a[href]")].find((a) => /^https?:$/.test(a.protocol) && other(a))?.href ?? "";
  },

  // Where to press for an answer: the middle of its button on screen, and whether something else lies over it.
  button(yes) {
    const inside = (boxes, selector) =>
      [...document.querySelectorAll(boxes)].flatMap((box) => [...(box.shadowRoot?.querySelectorAll(selector) ?? [])]);
    const answers = ".choice, .choices > button";
    const choices = [inside("[data-footfall=bar]", answers), inside("[data-footfall]:not([data-footfall=bar])", answers)].find((row) => row.length) ?? [];
    const found = yes ? choices[0] : (choices.at(-1) ?? inside("[data-footfall=link]", "button")[0]);
    if (!found) return null;
    found.scrollIntoView({ block: "nearest", behavior: "instant" });
    const box = found.getBoundingClientRect();
    if (!box.width) return null; // not on screen
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const top = document.elementFromPoint(x, y);
    return { x, y, cover: top === found.getRootNode().host ? "" : (top?.tagName.toLowerCase() ?? "") };
  },

  // Whether the snippet has started; the entry that only counts shows nothing of it.
  started() {
    return typeof window.footfall?.get === "function" || this.tags().some((tag) => /\/footfall-count[^/]*$/.test(tag.src));
  },

  // Whether an answer is held.
  answered() {
    const state = window.footfall?.get?.();
    return state ? state.choices !== null : false;
  },
})
