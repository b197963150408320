import { createTransport } from "nodemailer";
import type { EmailSender } from "./email.ts";

const CONNECTION_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 30_000;

/** RFC 8058. */
const oneClick = (url: string) => ({
  "List-Unsubscribe": `<${url}>`,
  "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
});

/** @param smtpUrl `smtp://` or `smtps://`, with user and password in it; @param from e.g. `Tintype <hello@example.com>` */
export function createSmtpSender(smtpUrl: string, from: string): EmailSender {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: CONNECTION_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    // A message is made of our own strings only: no path or address in it is ever followed.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ unsubscribeUrl, ...email }) {
      const headers = unsubscribeUrl === undefined ? {} : oneClick(unsubscribeUrl);
      await transport.sendMail({ from, ...email, headers });
    },
    close: () => transport.close(),
  };
}
