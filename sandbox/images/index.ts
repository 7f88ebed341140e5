export { ensureImages, type Images } from "./build";
