import { startInbox } from "./smtp/inbox.ts";
import { type CaughtMail, Mailbox } from "./smtp/mailbox.ts";
import { startReceiver } from "./smtp/receiver.ts";

export type { CaughtMail } from "./smtp/mailbox.ts";

const CAPACITY = 200;

export type MailCatcherOptions = {
  /** The last 200 mails are kept in it. */
  dir: string;
  /** A free one when not given. */
  smtpPort?: number;
  /** A free one when not given. */
  webPort?: number;
};

export type RunningMailCatcher = {
  smtpUrl: string;
  inboxUrl: string;
  /** Newest first; only those to one address when given. */
  messages(to?: string): CaughtMail[];
  /** The newest mail to the address, waiting for one if there is none. Throws after `timeoutMs`. */
  waitFor(to: string, options: { timeoutMs: number }): Promise<CaughtMail>;
  stop(): Promise<void>;
};

/** Catches all mail instead of sending it, and shows it on a web page. */
export async function startMailCatcher(options: MailCatcherOptions): Promise<RunningMailCatcher> {
  const mailbox = new Mailbox(options.dir, CAPACITY);
  const receiver = await startReceiver(mailbox, options.smtpPort ?? 0);
  const inbox = await startInbox(mailbox, options.webPort ?? 0);
  return {
    smtpUrl: `smtp://127.0.0.1:${receiver.port}`,
    inboxUrl: inbox.url,
    messages: (to) => mailbox.list(to),
    waitFor: (to, { timeoutMs }) => mailbox.waitFor(to, timeoutMs),
    stop: async () => {
      await Promise.all([receiver.stop(), inbox.stop()]);
    },
  };
}
