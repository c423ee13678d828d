// The gate: scripts that the page holds back until their purpose is allowed.
//   <script type="text/plain" data-footfall-purpose="statistics" src="…"></script>

let releasing = false;

/**
 * Runs the held scripts of the allowed purposes in document order, each after the one before has loaded (unless it is
 * async). The element itself is given its type and put back in its place: no script is created and no text is set,
 * so a nonce, integrity and Trusted Types hold as the page's author wrote them. Scripts found while others load are
 * taken in the same turn.
 */
export async function releaseScripts(allows: (purpose: string) => boolean): Promise<void> {
  if (releasing) return;
  releasing = true;
  let script = nextHeld(allows);
  while (script) {
    const loaded = script.src && !script.hasAttribute("async") ? settled(script) : null;
    run(script);
    await loaded;
    script = nextHeld(allows);
  }
  releasing = false;
}

function nextHeld(allows: (purpose: string) => boolean): HTMLScriptElement | undefined {
  const held = document.querySelectorAll<HTMLScriptElement>('script[type="text/plain"][data-footfall-purpose]');
  return [...held].find((script) => allows(script.dataset.footfallPurpose ?? ""));
}

function run(script: HTMLScriptElement): void {
  script.type = script.dataset.footfallType ?? "text/javascript";
  const place = document.createComment("");
  script.replaceWith(place);
  place.replaceWith(script);
}

function settled(script: HTMLScriptElement): Promise<void> {
  return new Promise((done) => {
    script.addEventListener("load", () => done(), { once: true });
    script.addEventListener("error", () => done(), { once: true });
  });
}
