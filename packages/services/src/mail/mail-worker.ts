import type { Db } from "@tintype/db/client";
import type { Email, EmailSender } from "@tintype/integrations/email/email";
import type { Job } from "pg-boss";
import { answeredSoon } from "../billing/payment-context.ts";
import { renderHtml, renderText } from "./layout.ts";
import { MAIL_QUEUE, startBoss } from "./mail-queue.ts";
import type { MailMessage } from "./messages.ts";
import { writeLetter } from "./write-letter.ts";

export type MailWorkerOptions = {
  databaseUrl: string;
  db: Db;
  sender: EmailSender;
  publicUrl: string;
  /** Signs links that work without signing in; null where none is set. */
  linkSecret: string | null;
  /** Where a payment's invoice or receipt can be seen, as the payment provider knows it. */
  findDocument: (paymentReference: string) => Promise<string | null>;
  now: () => Date;
  /** A letter that could not be sent now (it is tried again), one without its document, or a lost database. */
  onError: (error: Error) => void;
};

const POLL_SECONDS = 1;
/**
 * On a day of renewals there are more letters than one a second: beyond so many that wait, the next follows at once.
 * Still one by one, so that a worker that is killed leaves at most one that will be sent again.
 */
const BACKLOG = 10;

/** Sends what the outbox holds, one letter at a time, each until the mail server has taken it. */
export async function startMailWorker(
  options: MailWorkerOptions,
): Promise<{ stop: () => Promise<void> }> {
  const { databaseUrl, sender, onError } = options;
  const boss = await startBoss({ databaseUrl, onError, supervise: true });
  await boss.work<MailMessage>(
    MAIL_QUEUE,
    { pollingIntervalSeconds: POLL_SECONDS, batchSize: 1, burstWhenReadyExceeds: BACKLOG },
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
  const letter = await writeLetter(options, await withDocument(options, message));
  const { subject, unsubscribe } = letter;
  return {
    to: message.to,
    subject,
    html: renderHtml(letter, message.locale),
    text: renderText(letter),
    ...(unsubscribe?.isOneClick && { unsubscribeUrl: unsubscribe.url }),
  };
}

/**
 * A receipt that was told by the payment alone knows no invoice: by now there is one, or the charge has a receipt. While
 * the provider is away, the letter leads to the list of all payments, rather than to wait and keep others waiting.
 */
async function withDocument(
  { findDocument, onError }: MailWorkerOptions,
  message: MailMessage,
): Promise<MailMessage> {
  // Letters that were queued before there was a reference have none.
  if (message.kind !== "receipt" || message.invoiceUrl !== null || !message.paymentReference) {
    return message;
  }
  try {
    return {
      ...message,
      invoiceUrl: await answeredSoon(findDocument(message.paymentReference)),
    };
  } catch (error) {
    onError(new Error("the document of a receipt could not be found", { cause: error }));
    return message;
  }
}
