// What other tools are told of the choice, in their own words.

type Given = "granted" | "denied";

declare global {
  interface Window {
    dataLayer?: unknown[];
    wp_consent_type?: string;
    wp_set_consent?: (category: string, value: "allow" | "deny") => void;
  }
}

const MODES = ["ad_storage", "analytics_storage", "ad_user_data", "ad_personalization"];
let google: string | undefined; // what Google's tags were told last
let wordPress: string | undefined;

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

/** The WP Consent API: a category follows the purpose of the same name. */
export const tellWordPress = (now: string[]): void => {
  const told = `${now}`;
  if (!window.wp_set_consent || told === wordPress) return;
  wordPress = told;
  window.wp_consent_type = "optin";
  document.dispatchEvent(new CustomEvent("wp_consent_type_defined"));
  for (const category of ["statistics", "marketing", "preferences"])
    window.wp_set_consent(category, now.includes(category) ? "allow" : "deny");
};
