/** All that is needed to read in Chinese: one file to load. */
export { zh } from ".";
export { advice } from "./advice";
export { reasons } from "./reasons";
