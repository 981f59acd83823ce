/**
 * The flowlens command: reads arguments, calls the rooms below, prints. Not here: any logic of its own;
 * what a command does lives in the room it calls.
 */
export { main } from "./main.ts";
