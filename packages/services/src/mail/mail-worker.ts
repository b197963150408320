import type { Db } from "@tintype/db/client";
import type { Email, EmailSender } from "@tintype/integrations/email/email";
import type { Job } from "pg-boss";
import { issueResetToken, RESET_MINUTES } from "../auth/reset-tokens.ts";
import { creditsExpireLetter } from "./credits-expire-letter.ts";
import { type Letter, renderHtml, renderText } from "./layout.ts";
import { lowBalanceLetter } from "./low-balance-letter.ts";
import { MAIL_QUEUE, startBoss } from "./mail-queue.ts";
import type { MailMessage } from "./messages.ts";
import { overageAlertLetter } from "./overage-alert-letter.ts";
import { passwordResetLetter } from "./password-reset-letter.ts";
import { topUpDeclinedLetter } from "./top-up-declined-letter.ts";

export type MailWorkerOptions = {
  databaseUrl: string;
  db: Db;
  sender: EmailSender;
  publicUrl: string;
  now: () => Date;
  /** A letter that could not be sent now (it is tried again), or a lost database. */
  onError: (error: Error) => void;
};

const POLL_SECONDS = 1;

/** Sends what the outbox holds, one letter at a time, each until the mail server has taken it. */
export async function startMailWorker(
  options: MailWorkerOptions,
): Promise<{ stop: () => Promise<void> }> {
  const { databaseUrl, sender, onError } = options;
  const boss = await startBoss({ databaseUrl, onError, supervise: true });
  await boss.work<MailMessage>(
    MAIL_QUEUE,
    { pollingIntervalSeconds: POLL_SECONDS, batchSize: 1 },
    async (jobs: Job<MailMessage>[]) => {
      for (const { id, data } of jobs) {
        try {
          const email = await writeEmail(options, data);
          await sender.send({
            ...email,
            messageId: `<${id}@${new URL(options.publicUrl).hostname}>`,
          });
        } catch (error) {
          onError(error instanceof Error ? error : new Error(String(error)));
          throw error;
        }
      }
    },
  );
  return { stop: () => boss.stop({ graceful: true, timeout: 10_000 }) };
}

async function writeEmail(options: MailWorkerOptions, message: MailMessage): Promise<Email> {
  const letter = await writeLetter(options, message);
  const { subject } = letter;
  return { to: message.to, subject, html: renderHtml(letter), text: renderText(letter) };
}

async function writeLetter(
  { db, publicUrl, now }: MailWorkerOptions,
  message: MailMessage,
): Promise<Letter> {
  const page = (path: string) => new URL(path, publicUrl).href;
  switch (message.kind) {
    case "password_reset": {
      const token = await issueResetToken(db, message.userId, now());
      const url = page(`/reset-password?token=${token}`);
      return passwordResetLetter(message.locale, url, RESET_MINUTES);
    }
    case "credits_expire":
      return creditsExpireLetter(message, {
        wallet: page("/wallet"),
        settings: page("/settings"),
      });
    case "overage_alert":
      return overageAlertLetter(message, {
        billing: page("/billing"),
        settings: page("/settings"),
      });
    case "low_balance":
      return lowBalanceLetter(message, { billing: page("/billing"), settings: page("/settings") });
    case "top_up_declined":
      return topUpDeclinedLetter(message, page("/billing"));
  }
}
