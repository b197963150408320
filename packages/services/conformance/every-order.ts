import type { Tx } from "@tintype/db/client";
import type { ProviderEvent } from "@tintype/integrations/payments/payments";
import { sql } from "drizzle-orm";

/** One event of a story, by the name the test gives it. */
export type Piece = { name: string; event: ProviderEvent };

export type Told = {
  /** Books an event as the endpoint does. @param id that of the event, or another one: then it is told again */
  tell: (tx: Tx, event: ProviderEvent, id: string) => Promise<void>;
  /** What letters were written since they were last taken, in words that tell them apart. */
  takeLetters: () => string[];
};

/** The ends of some orders: how many of them end so, by what was written on the way and how the books stand. */
export type Ends = Map<string, number>;

class RolledBack extends Error {}

/**
 * Tells a story in every order of its events and, after each event, all that has been told so far once more under other
 * ids. That must change nothing at all, so any number of duplicates at any later place ends where the story without
 * them does.
 *
 * Orders that have led to the same rows go on alike, so the rest is told once for all of them: what is compared there
 * is every row that anything is decided by (`rowsOf`). Each step is rolled back to its savepoint; nothing stays.
 */
export class EveryOrder {
  readonly #told: Told;
  readonly #pieces: readonly Piece[];
  readonly #endsFrom = new Map<string, Ends>();
  /** How many states were seen, and how often something was told and told again. */
  readonly counts = { states: 0, told: 0, toldAgain: 0 };

  constructor(told: Told, pieces: readonly Piece[]) {
    this.#told = told;
    this.#pieces = pieces;
  }

  tell = (tx: Tx): Promise<Ends> => this.#goOn(tx, []);

  async #goOn(tx: Tx, path: readonly string[]): Promise<Ends> {
    const ends: Ends = new Map();
    for (const { name, event } of this.#pieces.filter((each) => !path.includes(each.name))) {
      await rolledBack(tx, async (inner) => {
        await this.#told.tell(inner, event, event.id);
        this.counts.told += 1;
        const letters = this.#told.takeLetters();
        for (const [end, orders] of await this.#arrive(inner, [...path, name])) {
          const whole = withLetters(end, letters);
          ends.set(whole, (ends.get(whole) ?? 0) + orders);
        }
      });
    }
    return ends;
  }

  async #arrive(tx: Tx, path: readonly string[]): Promise<Ends> {
    const state = `${path.toSorted().join()} ${await rowsOf(tx)}`;
    const known = this.#endsFrom.get(state);
    if (known) return known;
    this.counts.states += 1;
    await rolledBack(tx, (inner) => this.#tellAgain(inner, path));
    const isEnd = path.length === this.#pieces.length;
    const ends = isEnd ? new Map([[await endOf(tx), 1]]) : await this.#goOn(tx, path);
    this.#endsFrom.set(state, ends);
    return ends;
  }

  async #tellAgain(tx: Tx, path: readonly string[]): Promise<void> {
    const before = await everythingOf(tx);
    for (const { event } of this.#pieces.filter((each) => path.includes(each.name))) {
      await this.#told.tell(tx, event, `${event.id}_again`);
      this.counts.toldAgain += 1;
    }
    const letters = this.#told.takeLetters();
    const after = await everythingOf(tx);
    if (after === before && letters.length === 0) return;
    const what = `${path.join(", ")}, and all of it again`;
    throw new Error(`${what}: ${letters.join()} ${before} became ${after}`);
  }
}

const withLetters = (end: string, letters: readonly string[]): string => {
  const { letters: later, ...books } = JSON.parse(end) as { letters: string[] };
  return JSON.stringify({ letters: [...letters, ...later].toSorted(), ...books });
};

export async function rolledBack(tx: Tx, work: (inner: Tx) => Promise<unknown>): Promise<void> {
  try {
    await tx.transaction(async (inner) => {
      await work(inner);
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
}

const plain = sql`- '{user_id,created_at,updated_at}'::text[]`;

/** Of each table what is not a time of writing, a random id or a place in the history. */
const tables = sql`
  (select jsonb_agg(to_jsonb(w) - 'seq' ${plain}) from wallets w),
  (select jsonb_agg(to_jsonb(p) ${plain} order by p.reference) from payments p),
  (select jsonb_agg(to_jsonb(d) ${plain} order by d.reference) from disputes d),
  (select jsonb_agg(to_jsonb(l) ${plain} order by l.reference) from paid_periods l),
  (select jsonb_agg(to_jsonb(s) ${plain} order by s.reference) from subscriptions s),
  (select jsonb_agg(to_jsonb(f) ${plain} order by f.invoice_reference) from failed_payments f)`;

/** A grant is named by the key it was made under; what rolled over, by the allowance it comes from. */
const named = sql`(
  select g.*, coalesce(origin.idempotency_key, made.idempotency_key) as origin,
    coalesce((
      select sum(e.amount) from credit_entries e join credit_events v on v.user_id = e.user_id and v.seq = e.event_seq
      where e.user_id = g.user_id and e.grant_id = g.id and e.to_account = 'expired' and v.kind = 'expire'
    ), 0) as ran_out,
    rank() over (partition by g.payment_reference order by g.issued_seq) as in_payment,
    rank() over (partition by g.period_reference, g.source order by g.issued_seq) as in_period,
    rank() over (partition by g.priority, g.expires_at, g.category, g.cost_basis_cents order by g.issued_seq) as in_turn,
    rank() over (partition by g.spent + g.held + g.owed > 0 order by g.issued_seq) * sign(g.spent + g.held + g.owed) as in_debt
  from credit_grants g
  join credit_events made on made.user_id = g.user_id and made.seq = g.issued_seq
  left join credit_grants f on f.user_id = g.user_id and f.id = g.rolled_over_from
  left join credit_events origin on origin.user_id = f.user_id and origin.seq = f.issued_seq
) g`;

/**
 * Every row that something is decided by. Of the order in which grants were issued that is their order within a payment
 * (a refund takes the newest first), a period (rollover), a turn to be used and among those that may owe.
 */
const rowsOf = (tx: Tx) =>
  textOf(
    tx,
    sql`select jsonb_build_array(${tables}, (
      select jsonb_agg(to_jsonb(g) - '{id,issued_seq,rolled_over_from}'::text[] ${plain} order by origin, source)
      from ${named}
    ))::text as text`,
  );

/**
 * How the books stand in the end: each grant together with what has rolled over from it (a refund takes from one or from
 * the other, depending on which came first), and of what may be used until when.
 */
export const endOf = (tx: Tx) =>
  textOf(
    tx,
    sql`select jsonb_build_object('letters', '[]'::jsonb, 'tables', jsonb_build_array(${tables}), 'grants', (
      select jsonb_agg(to_jsonb(o) order by origin) from (
        select origin, payment_reference,
          sum(amount) filter (where rolled_over_from is null) as amount, sum(available) as available, sum(held) as held,
          sum(spent) as spent, sum(frozen) as frozen, sum(reversed) as reversed, sum(owed) as owed,
          sum(expired) - coalesce(sum(amount) filter (where rolled_over_from is not null), 0) as expired
        from ${named} group by origin, payment_reference
      ) o
    ), 'usable', (
      select jsonb_agg(jsonb_build_array(origin, source, expires_at, available, frozen, owed) order by origin, source)
      from ${named} where available + frozen + owed > 0
    ))::text as text`,
  );

/** And all that has been written into the history: an event that is told again leaves not even a line there. */
const everythingOf = (tx: Tx) =>
  textOf(
    tx,
    sql`select jsonb_build_array(${tables}, (
      select jsonb_agg(to_jsonb(g) - 'created_at' order by g.id) from credit_grants g
    ), (select jsonb_agg(seq) from wallets), (select count(*) from credit_events), (select count(*) from credit_entries)
    )::text as text`,
  );

async function textOf(tx: Tx, query: ReturnType<typeof sql>): Promise<string> {
  const [row] = await tx.execute<{ text: string }>(query);
  return row?.text ?? "";
}
