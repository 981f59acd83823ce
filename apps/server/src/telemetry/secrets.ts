const HIDDEN = "[hidden]";

// A field of a JSON line whose name speaks of a secret and whose value is a text; the text may hold escapes.
const SECRET_FIELD =
  /("[^"\\]*(?:password|passphrase|secret|token|credential|authorization|cookie|api_?key)[^"\\]*":)"(?:[^"\\]|\\.)*"/gi;

// user:password@ in a URL, anywhere in a text.
const URL_PASSWORD = /(:\/\/[^\s:@/"\\]*:)[^\s@/"\\]+@/g;

/** A line of JSON without the secrets that got into it: by the name of the field, at any depth, or as the password of a URL. */
export function hideSecrets(line: string): string {
  return line.replace(SECRET_FIELD, `$1"${HIDDEN}"`).replace(URL_PASSWORD, `$1${HIDDEN}@`);
}
