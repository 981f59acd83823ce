/** Something that speaks for or against a type, in words. Stored as JSON. */
export interface Reason {
  /** Stable name, `database.serves_database_port`. */
  readonly name: string;
  readonly direction: "for" | "against";
  /** How far it moved the answer, 0–1. */
  readonly effect: number;
  readonly sentence: string;
}
