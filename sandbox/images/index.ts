export { type Extra, ensureImages, extraNames, type Images } from "./build";
