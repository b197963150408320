/** One message to one reader; `html` and `text` say the same. */
export type Email = { to: string; subject: string; html: string; text: string };

export type EmailSender = {
  /** Settles when the mail server has taken the message. Throws when it did not. */
  send(email: Email): Promise<void>;
  close(): void;
};
