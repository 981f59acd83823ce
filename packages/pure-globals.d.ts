// What packages may use beside the language itself. They see neither Node nor a browser (`"types": []`), so that
// the same code runs in the server, in a worker and in a page; these few things exist in all three.

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array | ArrayBuffer, options?: { stream?: boolean }): string;
}

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}

/** The one part of an AbortSignal that a computation needs: it asks between two steps whether to go on. */
interface AbortSignal {
  readonly aborted: boolean;
}
