import type postgres from "postgres";

type Rows = postgres.RowList<postgres.Row[]>;
type Send = (asValues: boolean) => Promise<Rows>;

/**
 * A statement as drizzle expects one of postgres.js: sent when it is awaited, or at once by `execute`, at most once;
 * `values` before that asks for arrays instead of objects.
 */
export class PendingStatement implements PromiseLike<Rows> {
  readonly #send: Send;
  #asValues = false;
  #answer: Promise<Rows> | undefined;

  constructor(send: Send) {
    this.#send = send;
  }

  values(): this {
    this.#asValues = true;
    return this;
  }

  execute(): this {
    void this.#start();
    return this;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is awaited like a query of postgres.js.
  then<A = Rows, B = never>(
    onAnswer?: ((rows: Rows) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#start().then(onAnswer, onError);
  }

  catch<B>(onError: (error: unknown) => B | PromiseLike<B>): Promise<Rows | B> {
    return this.#start().catch(onError);
  }

  #start(): Promise<Rows> {
    this.#answer ??= this.#send(this.#asValues);
    return this.#answer;
  }
}
