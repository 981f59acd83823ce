/** The same plain data with its typed arrays in memory that threads share; arrays that are there already stay. */
export function shareArrays<Data extends object>(data: Data): Data {
  const shared: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data) as [string, unknown][]) {
    if (ArrayBuffer.isView(value)) shared[key] = shareArray(value);
    else if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      shared[key] = value instanceof SharedArrayBuffer ? value : shareArrays(value);
    } else shared[key] = value;
  }
  return shared as Data;
}

function shareArray(array: ArrayBufferView): unknown {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const buffer = new SharedArrayBuffer(array.byteLength);
  new Uint8Array(buffer).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return Reflect.construct(array.constructor as new (buffer: SharedArrayBuffer) => unknown, [buffer]);
}

/** Numbers that threads count together, all 0. */
export function sharedCounters(count: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * count));
}
