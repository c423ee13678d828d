// What other tools are told of the choice, in their own words.

type Given = "granted" | "denied";

declare global {
  interface Window {
    dataLayer?: unknown[];
  }
}

const MODES = ["ad_storage", "analytics_storage", "ad_user_data", "ad_personalization"];
let google: string | undefined; // what Google's tags were told last

/**
 * Google's consent mode, basic: its tags are held like any other script, and before the first is released everything
 * is denied; then what their data-footfall-consent-mode names is granted while their purpose is allowed.
 */
export const tellGoogle = (now: string[]): void => {
  const tags = [...document.querySelectorAll<HTMLElement>("[data-footfall-consent-mode]")];
  if (!tags[0]) return;
  const granted = tags
    .filter(({ dataset }) => now.includes(`${dataset.footfallPurpose}`))
    .map(({ dataset }) => dataset.footfallConsentMode)
    .join(" ")
    .split(" ");
  if (google === undefined) gtag("default", []);
  const told = granted.join();
  if (told !== (google ?? "")) gtag("update", granted);
  google = told;
};

const gtag = (command: string, granted: (string | undefined)[]): void => {
  const modes = Object.fromEntries(
    MODES.map((mode): [string, Given] => [mode, granted.includes(mode) ? "granted" : "denied"]),
  );
  window.dataLayer ??= [];
  // Google's library tells its own commands from other entries by their being an arguments object.
  (function (..._: unknown[]) {
    // biome-ignore lint/complexity/noArguments: see above
    window.dataLayer?.push(arguments);
  })("consent", command, modes);
};
