import {
  type CreditImportRow,
  creditImportRow,
  type ImportLine,
  type ImportOutcome,
} from "@tintype/core/credit-import";
import type { Tx } from "@tintype/db/client";
import { type CreditClaim, creditEvents, type UserRow, users } from "@tintype/db/schema";
import { eq, like } from "drizzle-orm";
import type { AdminActor, ServiceContext, SystemActor } from "../context.ts";
import { findClaim, IMPORT_KEY_PREFIX, keepClaim, takeClaim } from "../credits/claims.ts";
import { grantCredits } from "../credits/grants.ts";
import { lockPaymentWallets } from "../rewards/referral-rewards.ts";

type Context = Pick<ServiceContext<SystemActor | AdminActor>, "db" | "actor" | "now">;
type Told = Pick<ImportOutcome, "outcome" | "explanation">;
type Imported = { userId: string; credits: number };

type Options = {
  dryRun: boolean;
  /** Balances go only to addresses that have been confirmed; the others wait for that. */
  requireVerifiedEmail: boolean;
};

const failed = (explanation: string): Told => ({ outcome: "failed", explanation });

/**
 * Brings balances from another system: each line is a grant of its own, in a transaction of its own, under the key
 * `migration:{externalId}`. Importing the same file again grants nothing; a line that has changed meanwhile is told
 * instead of guessed at. What belongs to an address that nobody here has, or has not confirmed, waits as a claim: else it
 * would go to whoever opened an account under that address first. The order of the outcomes is that of the lines.
 */
export async function importCredits(
  ctx: Context,
  lines: readonly ImportLine[],
  options: Options,
): Promise<ImportOutcome[]> {
  const before = await listImported(ctx);
  const firstLineOf = new Map<string, number>();
  const outcomes: ImportOutcome[] = [];
  for (const { line, values } of lines) {
    const { externalId = "", email = "" } = values;
    const row = readRow(values, line, firstLineOf);
    const told =
      "outcome" in row ? row : await importRow(ctx, row, before.get(row.externalId), options);
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
  { dryRun, requireVerifiedEmail }: Options,
): Promise<Told> {
  const [user] = await ctx.db.select().from(users).where(eq(users.email, row.email));
  if (imported) return compare(row, user?.id, imported);
  if (row.expiresAt && row.expiresAt <= ctx.now()) {
    return failed(`expiresAt: has passed, ${row.expiresAt.toISOString()}`);
  }
  const claim = await findClaim(ctx.db, row.externalId);
  const difference = claim && differenceOf(row, claim);
  if (difference) return failed(difference);
  const mayHave = (found: UserRow | undefined) =>
    found !== undefined && (!requireVerifiedEmail || found.verifiedEmail === found.email);
  if (dryRun) return foretell(row, mayHave(user), claim !== undefined);

  return ctx.db.transaction(async (tx) => {
    // In this order, as verifying an address does: it sees the claim, or this sees that it was verified.
    if (user) await lockPaymentWallets(tx, user.id, ctx.now());
    const [current] = await tx.select().from(users).where(eq(users.email, row.email)).for("share");
    if (current && current.id === user?.id && mayHave(current)) return grant(ctx, tx, row, current);
    const isNew = await keepClaim(tx, row, ctx.now());
    return { outcome: isNew ? "waiting" : "already_waiting", explanation: waitingWords(row) };
  });
}

async function grant(
  { actor, now }: Context,
  tx: Tx,
  row: CreditImportRow,
  user: UserRow,
): Promise<Told> {
  await takeClaim(tx, { externalId: row.externalId, userId: user.id }, now());
  const isGranted = await grantCredits(tx, {
    userId: user.id,
    source: "migration",
    category: row.category,
    amount: row.credits,
    idempotencyKey: IMPORT_KEY_PREFIX + row.externalId,
    now: now(),
    actor:
      actor.kind === "system"
        ? { actorKind: "system", actorId: actor.name }
        : { actorKind: "admin", actorId: actor.userId },
    expiresAt: row.expiresAt,
    costBasisCents: row.costBasisCents,
    ...(row.note !== "" && { reason: row.note }),
  });
  return isGranted
    ? { outcome: "granted", explanation: creditWords(row) }
    : { outcome: "already_granted", explanation: "by another import at this moment" };
}

const creditWords = ({ credits, category }: CreditImportRow) => `${credits} ${category} credits`;
const waitingWords = (row: CreditImportRow) =>
  `${creditWords(row)}, until somebody confirms ${row.email}`;

function foretell(row: CreditImportRow, mayHave: boolean, isWaiting: boolean): Told {
  if (mayHave) return { outcome: "would_be_granted", explanation: creditWords(row) };
  return { outcome: isWaiting ? "already_waiting" : "would_wait", explanation: waitingWords(row) };
}

/** A balance that waits from an earlier file is told when it has changed since, instead of guessed at. */
function differenceOf(row: CreditImportRow, claim: CreditClaim): string | null {
  if (claim.email !== row.email) return `externalId: waits for ${claim.email} already`;
  if (claim.credits === row.credits) return null;
  return `credits: ${claim.credits} wait from an earlier import; use an adjustment`;
}

/** The key is unique to a user, so that another user's line of the same name would be granted beside the first. */
function compare(row: CreditImportRow, userId: string | undefined, imported: Imported): Told {
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
    .where(like(creditEvents.idempotencyKey, `${IMPORT_KEY_PREFIX}%`));
  return new Map(
    rows.map(({ key, userId, credits }) => [
      key.slice(IMPORT_KEY_PREFIX.length),
      { userId, credits },
    ]),
  );
}

const inWords = (issues: readonly { path: PropertyKey[]; message: string }[]): string =>
  issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`).join("; ");
