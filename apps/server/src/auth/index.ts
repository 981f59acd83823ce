/**
 * Who may call: tokens, made of 256 random bits and kept as their SHA-256 only.
 * Not here: which routes need one (#api), how users and tokens are stored (#metadata-store).
 */
export { createAuth, type Auth, type AuthDependencies, type Principal, type Verdict } from "./auth.ts";
