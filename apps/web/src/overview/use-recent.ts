import { useEffect, useState } from "react";

const STEP_MS = 3_000;
const KEPT = 60;

/** The last values of something that is asked for again and again, oldest first; kept while the page is open. */
export function useRecent(value: number | undefined): readonly number[] {
  const [recent, setRecent] = useState<readonly number[]>([]);
  useEffect(() => {
    if (value === undefined) return undefined;
    const keep = (): void => setRecent((values) => [...values, value].slice(-KEPT));
    keep();
    const timer = setInterval(keep, STEP_MS);
    return () => clearInterval(timer);
  }, [value]);
  return recent;
}
