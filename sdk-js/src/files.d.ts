/** A style sheet as its minified text; build.mjs turns it into that. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** First 16 hex digits of the SHA-256 of footfall-screens.js, which are in its address; build.mjs fills them in. */
declare const SCREENS_HASH: string;

/** Subresource integrity of footfall-screens.js; build.mjs fills it in. */
declare const SCREENS_INTEGRITY: string;
