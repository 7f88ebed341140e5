/** Something a user or an operator can mend; shown without a stack trace. Anything else that is thrown is a bug. */
export class Failure extends Error {
  /** Id of the container whose last lines explain the failure. */
  readonly container: string | undefined;

  /**
   * @param message what is wrong, where, and what was expected
   * @param container see the field
   */
  constructor(message: string, container?: string) {
    super(message);
    this.name = "Failure";
    this.container = container;
  }
}

/** The one line of any thrown value. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
