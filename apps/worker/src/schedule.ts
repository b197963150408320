import type { Logger } from "@tintype/integrations/process/logger";
import { type SweepOptions, sweepOrphans } from "@tintype/services/assets/sweep-orphans";
import { sweepUploads } from "@tintype/services/assets/sweep-uploads";
import { sweepAuth } from "@tintype/services/auth/sweep-auth";
import { alertOverage } from "@tintype/services/billing/alert-overage";
import { askDueRefunds } from "@tintype/services/billing/ask-refunds";
import { billOverage } from "@tintype/services/billing/bill-overage";
import { grantDueAllowances } from "@tintype/services/billing/grant-due-allowances";
import type { PaymentContext } from "@tintype/services/billing/payment-context";
import { collectRenewals, findLostRenewals } from "@tintype/services/billing/renewals";
import { sweepWebhooks } from "@tintype/services/billing/sweep-webhooks";
import { buyTopUps } from "@tintype/services/billing/top-up";
import type { SystemActor } from "@tintype/services/context";
import { alertLowBalance } from "@tintype/services/credits/alert-low-balance";
import { checkBooks, isFullProofDue } from "@tintype/services/credits/check-books";
import { sweepExpiredCredits } from "@tintype/services/credits/expire-credits";
import { sendExpiryNotices } from "@tintype/services/credits/send-expiry-notices";
import { askProviders } from "@tintype/services/jobs/ask-providers";
import type { Worker } from "@tintype/services/jobs/run-next-job";
import type { Reaper } from "./reaper.ts";

const REAP_EVERY_MS = 1_000;
/** How often we look whose turn it is to be asked; the pause between two questions about one job is longer. */
const ASK_EVERY_MS = 5_000;
const EXPIRE_EVERY_MS = 60_000;
const GRANT_EVERY_MS = 60_000;
/** Soon after the job that has used the credits. */
const TOP_UPS_EVERY_MS = 5_000;
const ALERTS_EVERY_MS = 30_000;
const BILL_EVERY_MS = 60_000;
/** Until it is collected, whoever has nothing but a plan cannot work. */
const RENEWALS_EVERY_MS = 2_000;
/** Only for what the webhook has not told; each look asks the provider once a plan. */
const LOST_RENEWALS_EVERY_MS = 5 * 60_000;
/** Only for those whose answer was lost; each waits half a minute or more between two questions. */
const ASK_REFUNDS_EVERY_MS = 5_000;
const NOTICES_EVERY_MS = 60 * 60_000;
const SWEEP_EVERY_MS = 5 * 60_000;
const SWEEP_WEBHOOKS_EVERY_MS = 60 * 60_000;
/** It reads the names of all objects, and what it finds has lain there for a week already. */
const SWEEP_ORPHANS_EVERY_MS = 60 * 60_000;
/** What is new costs little to prove; the whole is proved once a day, and soon after the first start. */
const PROVE_EVERY_MS = 60_000;

export type Schedule = { stop: () => Promise<void> };

/** What must happen though nobody asks. Every worker does it; each task is safe to run in several at once. */
export function startSchedule(
  ctx: PaymentContext<SystemActor>,
  { worker, reaper }: { worker: Worker; reaper: Reaper },
  logger: Logger,
  orphans: SweepOptions,
): Schedule {
  const tasks = [
    repeat("reap", REAP_EVERY_MS, logger, reaper.run),
    repeat("ask providers", ASK_EVERY_MS, logger, async () => {
      for (const answered of await askProviders(ctx, worker))
        if (answered.outcome !== "running") logger.info(answered, "provider told how a job ended");
    }),
    repeat("expire credits", EXPIRE_EVERY_MS, logger, async () => {
      const users = await sweepExpiredCredits(ctx);
      if (users > 0) logger.info({ users }, "credits expired");
    }),
    repeat("grant allowances", GRANT_EVERY_MS, logger, async () => {
      const users = await grantDueAllowances(ctx);
      if (users > 0) logger.info({ users }, "allowances granted");
    }),
    repeat("send expiry notices", NOTICES_EVERY_MS, logger, async () => {
      const users = await sendExpiryNotices(ctx);
      if (users > 0) logger.info({ users }, "told about expiring credits");
    }),
    ...repeatMoney(ctx, logger),
    repeat("sweep uploads", SWEEP_EVERY_MS, logger, async () => {
      const { failures, ...done } = await sweepUploads(ctx);
      for (const failure of failures) logger.error({ err: failure }, "file was not removed");
      if (done.discarded + done.purged > 0) logger.info(done, "uploads swept");
    }),
    repeat("sweep orphans", SWEEP_ORPHANS_EVERY_MS, logger, () => sweepStore(ctx, logger, orphans)),
    repeat("sweep webhooks", SWEEP_WEBHOOKS_EVERY_MS, logger, async () => {
      const rows = await sweepWebhooks(ctx);
      if (rows > 0) logger.info({ rows }, "old webhooks swept");
    }),
    repeat("sweep accounts", SWEEP_EVERY_MS, logger, () => sweepAuth(ctx)),
    repeat("prove the books", PROVE_EVERY_MS, logger, () => proveBooks(ctx, logger)),
  ];
  return {
    stop: async () => {
      await Promise.all(tasks.map((stop) => stop()));
    },
  };
}

const alerts = [
  ["told about the overage's limit", alertOverage],
  ["told about a low balance", alertLowBalance],
] as const;

/** What is bought, billed and told because of how much is left or used. */
const repeatMoney = (ctx: PaymentContext<SystemActor>, logger: Logger) => [
  repeat("buy top-ups", TOP_UPS_EVERY_MS, logger, async () => {
    const answered = await buyTopUps(ctx);
    if (answered > 0) logger.info({ answered }, "automatic purchases asked for");
  }),
  repeat("collect renewals", RENEWALS_EVERY_MS, logger, async () => {
    const asked = await collectRenewals(ctx);
    if (asked > 0) logger.info({ asked }, "renewals collected");
  }),
  repeat("find lost renewals", LOST_RENEWALS_EVERY_MS, logger, async () => {
    const found = await findLostRenewals(ctx);
    if (found > 0) logger.warn({ found }, "renewals found that no webhook has told");
  }),
  repeat("bill overage", BILL_EVERY_MS, logger, async () => {
    const placed = await billOverage(ctx);
    if (placed > 0) logger.info({ placed }, "overage billed");
  }),
  repeat("ask for refunds", ASK_REFUNDS_EVERY_MS, logger, async () => {
    for (const { userId, paymentReference, requestId, cents, state } of await askDueRefunds(ctx)) {
      const order = { userId, paymentReference, requestId, cents, state };
      if (state === "refused" || state === "key_expired") {
        logger.error(order, "refund was not made, its credits are back");
      } else if (state === "ordered") logger.warn(order, "refund is not known yet");
    }
  }),
  // In step: each of the two passes by a wallet that the other is at, and its owner would hear half a minute later.
  repeat("alert overage and low balance", ALERTS_EVERY_MS, logger, async () => {
    const failures: unknown[] = [];
    for (const [words, tell] of alerts) {
      try {
        const users = await tell(ctx);
        if (users > 0) logger.info({ users }, words);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "alerts failed");
  }),
];

const SWEEP_HELP = "npm run sweep shows what was found and how to go on";

async function sweepStore(
  ctx: PaymentContext<SystemActor>,
  logger: Logger,
  options: SweepOptions,
): Promise<void> {
  const done = await sweepOrphans(ctx, options);
  if (done.outcome === "refused")
    logger.error(`objects without a row were not swept: ${done.reason}; ${SWEEP_HELP}`);
  if (done.outcome === "marked") logger.info("database and store are tied to each other");
  if (done.outcome !== "swept") return;
  const { uploads, outputs } = done.swept;
  const counts = [uploads, outputs].flatMap((each) => Object.values(each));
  if (counts.some((count) => count > 0)) logger.warn(done.swept, "objects without a row swept");
}

async function proveBooks(ctx: PaymentContext<SystemActor>, logger: Logger): Promise<void> {
  const kinds = (await isFullProofDue(ctx))
    ? (["incremental", "full"] as const)
    : (["incremental"] as const);
  for (const kind of kinds) {
    const check = await checkBooks(ctx, kind);
    for (const violation of check?.violations ?? [])
      logger.error({ violation, kind }, "the books do not balance");
  }
}

/** Runs a task now and then again `everyMs` after it has ended; an error is logged and the next run comes. */
function repeat(
  name: string,
  everyMs: number,
  logger: Logger,
  task: () => Promise<void>,
): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const run = () => {
    running = task()
      .catch((error: unknown) => logger.error({ err: error, task: name }, "scheduled task failed"))
      .then(() => {
        if (!stopped) timer = setTimeout(run, everyMs);
      });
  };
  run();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
