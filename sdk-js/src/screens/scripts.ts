// The gate for scripts: those that the page holds back until their purpose is allowed.
//   <script type="text/plain" data-footfall-purpose="statistics" src="…"></script>

import { forOthers } from "./core.ts";

let releasing = false;

/**
 * Runs the held scripts of the allowed purposes in document order, each after the one before has loaded (unless it is
 * async). The element itself is given its type and put back in its place: no script is created and no text is set,
 * so a nonce, integrity and Trusted Types hold as the page's author wrote them. Scripts found while others load are
 * taken in the same turn.
 */
export const releaseScripts = async (): Promise<void> => {
  if (releasing) return;
  releasing = true;
  for (let script = nextHeld(); script; script = nextHeld()) {
    const loaded = script.src && !script.hasAttribute("async") && settled(script);
    script.type = script.dataset.footfallType ?? "text/javascript";
    const place = document.createComment("");
    script.replaceWith(place);
    place.replaceWith(script);
    await loaded;
  }
  releasing = false;
};

const nextHeld = (): HTMLScriptElement | undefined => {
  const held = document.querySelectorAll<HTMLScriptElement>('script[type="text/plain"][data-footfall-purpose]');
  return [...held].find((script) => forOthers().includes(`${script.dataset.footfallPurpose}`));
};

const settled = (script: HTMLScriptElement): Promise<unknown> =>
  new Promise((done) => {
    script.onload = script.onerror = done;
  });
