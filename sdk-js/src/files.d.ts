/** Whether stays are counted: in footfall.js, for which footfall-count.js has no room; build.mjs fills it in. */
declare const STAYS: boolean;

/** The script tag, or what stands for it in a module; build.mjs fills it in. */
declare const SCRIPT_TAG: { src: string; dataset: DOMStringMap };

/** Subresource integrity of footfall-screens.js, which is in its address too; build.mjs fills it in. */
declare const SCREENS_INTEGRITY: string;
