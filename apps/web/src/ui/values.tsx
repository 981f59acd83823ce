import { exactMoment, shortMoment } from "./moments.ts";
import { exactCount, shortBytes, shortCount } from "./quantities.ts";
import { useNow } from "./use-now.ts";

/** How long ago, or the date; exactly on hover. */
export function MomentText({ at }: { readonly at: string | null }) {
  return at === null ? <span className="soft">never</span> : <KnownMoment at={at} />;
}

function KnownMoment({ at }: { readonly at: string }) {
  const nowMs = useNow();
  return (
    <time className="number" dateTime={at} title={exactMoment(at)}>
      {shortMoment(at, nowMs)}
    </time>
  );
}

/** A number in few characters; the exact one on hover. */
export function CountText({ value }: { readonly value: number }) {
  return (
    <span className="number" title={exactCount(value)}>
      {shortCount(value)}
    </span>
  );
}

export function BytesText({ value }: { readonly value: number }) {
  return (
    <span className="number" title={`${exactCount(value)} bytes`}>
      {shortBytes(value)}
    </span>
  );
}
