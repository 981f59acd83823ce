import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Says at a glance, and to programs that look for leaked secrets, what the text is. */
const PREFIX = "fl_";
const BITS = 256;
const FORM = /^fl_[A-Za-z0-9_-]{43}$/;

/** A new token: the prefix and 256 random bits in base64url. */
export function makeToken(): string {
  return PREFIX + randomBytes(BITS / 8).toString("base64url");
}

export function isToken(text: string): boolean {
  return FORM.test(text);
}

/** What is kept of a token. It is as random as can be, so a slow hash would win nothing. */
export function digestToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Whether two secrets are the same; takes as long whatever is different, even the length. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digestToken(one), digestToken(other));
}
