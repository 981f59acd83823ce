/**
 * Information elements by number: names and types for people (`flowlens decode`).
 * Not here: which element fills which column of a flow (templates/element-registers.ts).
 */
export { elementOf, type Element } from "./element.ts";
export { fieldValue } from "./field-value.ts";
