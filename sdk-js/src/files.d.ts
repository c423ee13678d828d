/** A style sheet as its minified text; build.mjs turns it into that. */
declare module "*.css" {
  const text: string;
  export default text;
}
