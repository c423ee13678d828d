// The module's entry: import { start } from "footfall.esm.js"; start({ site: "kx4f9q", base: "https://HOST" });
export { start } from "./start.ts";
