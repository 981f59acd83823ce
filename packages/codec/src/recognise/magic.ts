/** First bytes of files that people try and FlowLens does not read, in hexadecimal, and what to call them. */
const FOREIGN: readonly (readonly [magic: string, what: string])[] = [
  ["1f8b", "it is compressed with gzip twice; unpack it once"],
  ["28b52ffd", "it is compressed with zstd; unpack it first"],
  ["fd377a585a00", "it is compressed with xz; unpack it first"],
  ["425a68", "it is compressed with bzip2; unpack it first"],
  ["504b0304", "it is a ZIP archive; unpack it first"],
  ["377abcaf271c", "it is a 7-Zip archive; unpack it first"],
  [
    "50415231",
    "it is a Parquet file, which is not read; have VPC flow logs delivered as text, or write the file as CSV",
  ],
  ["0ca5", "it looks like a file of nfdump, which is not read; export it with `nfdump -o csv`"],
  ["a50c", "it looks like a file of nfdump, which is not read; export it with `nfdump -o csv`"],
  ["7f454c46", "it is a program (ELF)"],
  ["89504e47", "it is a picture (PNG)"],
  ["25504446", "it is a PDF document"],
];

/** The phrase for a file that begins with a magic that is known and not read. */
export function foreignMagic(head: Uint8Array): string | undefined {
  const hex = Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return FOREIGN.find(([magic]) => hex.startsWith(magic))?.[1];
}

/** True for gzip (RFC 1952): the reader unpacks it before it asks what the content is. */
export function isGzip(head: Uint8Array): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}
