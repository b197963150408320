import {
  type CreditImportRow,
  creditImportRow,
  type ImportLine,
  type ImportOutcome,
} from "@tintype/core/credit-import";
import { creditEvents, users } from "@tintype/db/schema";
import { eq, like } from "drizzle-orm";
import type { AdminActor, ServiceContext, SystemActor } from "../context.ts";
import { grantCredits } from "../credits/grants.ts";

type Context = Pick<ServiceContext<SystemActor | AdminActor>, "db" | "actor" | "now">;
type Told = Pick<ImportOutcome, "outcome" | "explanation">;
type Imported = { userId: string; credits: number };

const KEY_PREFIX = "migration:";
const failed = (explanation: string): Told => ({ outcome: "failed", explanation });

/**
 * Brings balances from another system: each line is a grant of its own, in a transaction of its own, under the key
 * `migration:{externalId}`. Importing the same file again grants nothing; a line that has changed meanwhile is told
 * instead of guessed at. The order of the outcomes is that of the lines.
 */
export async function importCredits(
  ctx: Context,
  lines: readonly ImportLine[],
  { dryRun }: { dryRun: boolean },
): Promise<ImportOutcome[]> {
  const before = await listImported(ctx);
  const firstLineOf = new Map<string, number>();
  const outcomes: ImportOutcome[] = [];
  for (const { line, values } of lines) {
    const { externalId = "", email = "" } = values;
    const row = readRow(values, line, firstLineOf);
    const told =
      "outcome" in row ? row : await importRow(ctx, row, before.get(row.externalId), dryRun);
    outcomes.push({ line, externalId, email, ...told });
  }
  return outcomes;
}

function readRow(
  values: ImportLine["values"],
  line: number,
  firstLineOf: Map<string, number>,
): CreditImportRow | Told {
  const row = creditImportRow.safeParse(values);
  if (!row.success) return failed(inWords(row.error.issues));
  const { externalId } = row.data;
  const first = firstLineOf.get(externalId);
  if (first !== undefined) return failed(`externalId: stands in line ${first} already`);
  firstLineOf.set(externalId, line);
  return row.data;
}

async function importRow(
  ctx: Context,
  row: CreditImportRow,
  imported: Imported | undefined,
  dryRun: boolean,
): Promise<Told> {
  const [user] = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.email, row.email));
  if (!user) return failed(`email: nobody here has the address ${row.email}`);
  if (imported) return compare(row, user.id, imported);
  if (row.expiresAt && row.expiresAt <= ctx.now()) {
    return failed(`expiresAt: has passed, ${row.expiresAt.toISOString()}`);
  }
  const credits = `${row.credits} ${row.category} credits`;
  if (dryRun) return { outcome: "would_be_granted", explanation: credits };
  const granted = await grant(ctx, row, user.id);
  return granted
    ? { outcome: "granted", explanation: credits }
    : { outcome: "already_granted", explanation: "by another import at this moment" };
}

const grant = ({ db, actor, now }: Context, row: CreditImportRow, userId: string) =>
  grantCredits(db, {
    userId,
    source: "migration",
    category: row.category,
    amount: row.credits,
    idempotencyKey: KEY_PREFIX + row.externalId,
    now: now(),
    actor:
      actor.kind === "system"
        ? { actorKind: "system", actorId: actor.name }
        : { actorKind: "admin", actorId: actor.userId },
    expiresAt: row.expiresAt,
    costBasisCents: row.costBasisCents,
    ...(row.note !== "" && { reason: row.note }),
  });

/** The key is unique to a user, so that another user's line of the same name would be granted beside the first. */
function compare(row: CreditImportRow, userId: string, imported: Imported): Told {
  if (imported.userId !== userId) {
    return failed("externalId: was imported before, for another user");
  }
  if (imported.credits !== row.credits) {
    return failed(`credits: was imported before with ${imported.credits}; use an adjustment`);
  }
  return { outcome: "already_granted", explanation: "by an earlier import" };
}

/** Everything that was ever imported, by its id there. Read once: there is no index for it. */
async function listImported({ db }: Context): Promise<Map<string, Imported>> {
  const rows = await db
    .select({
      key: creditEvents.idempotencyKey,
      userId: creditEvents.userId,
      credits: creditEvents.availableChange,
    })
    .from(creditEvents)
    .where(like(creditEvents.idempotencyKey, `${KEY_PREFIX}%`));
  return new Map(
    rows.map(({ key, userId, credits }) => [key.slice(KEY_PREFIX.length), { userId, credits }]),
  );
}

const inWords = (issues: readonly { path: PropertyKey[]; message: string }[]): string =>
  issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`).join("; ");
