/** One decoded record as an object for people and scripts. A cold path: imports and collectors never come here. */
export { type RecordJson } from "./record-json.ts";
