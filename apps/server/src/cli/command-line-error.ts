/** What was typed cannot be done: the message is one sentence that says what to type instead. */
export class CommandLineError extends Error {
  override readonly name = "CommandLineError";
}
