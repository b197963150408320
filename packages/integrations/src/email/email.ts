/** One message to one reader; `html` and `text` say the same. */
export type Email = {
  to: string;
  subject: string;
  html: string;
  text: string;
  /** The same for every attempt to send one message, so that a mail server may notice a repetition. */
  messageId?: string;
  /** A POST to it, which needs nothing else, stops letters like this one: mail programs offer it by themselves. */
  unsubscribeUrl?: string;
};

export type EmailSender = {
  /** Settles when the mail server has taken the message. Throws when it did not. */
  send(email: Email): Promise<void>;
  close(): void;
};
