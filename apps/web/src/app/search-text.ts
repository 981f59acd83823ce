/**
 * The part of an address behind `?`, as a person would write it: `type=database,server&sort=last_seen`. Values are
 * texts; what they mean, the search of each page says.
 */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(search).flatMap(([name, value]) => {
    if (value === undefined || value === null) return [];
    return [
      `${encodeURIComponent(name)}=${readable(Array.isArray(value) ? value.join(",") : valueText(value))}`,
    ];
  });
  return entries.length === 0 ? "" : `?${entries.join("&")}`;
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Commas, slashes and colons mean nothing there and are left as they are. */
function readable(value: string): string {
  return encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":");
}
