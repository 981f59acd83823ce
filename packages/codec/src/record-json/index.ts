/** One decoded record as an object for people and scripts. A cold path: imports and collectors never come here. */
export { flowRowToJson } from "./flow-row-to-json.ts";
export { isoTime } from "./iso-time.ts";
export { type RecordJson } from "./record-json.ts";
