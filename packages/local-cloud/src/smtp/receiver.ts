import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import PostalMime from "postal-mime";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import type { Mailbox } from "./mailbox.ts";

const MAX_MAIL_BYTES = 10 * 1024 * 1024;

/** Takes every mail from anybody, as a catcher should, and puts it into the mailbox. */
export async function startReceiver(mailbox: Mailbox, port: number) {
  const smtp = new SMTPServer({
    authOptional: true,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? "anybody" }),
    // There is no certificate, and on the loopback there is nothing to hide.
    disabledCommands: ["STARTTLS"],
    size: MAX_MAIL_BYTES,
    onData: (stream, session, done) => {
      receive(mailbox, stream, session).then(() => done(), done);
    },
  });
  const net = smtp.listen(port, "127.0.0.1");
  await once(net, "listening");
  // A sender that hangs up in mid-mail is its own problem, not a reason to end.
  smtp.on("error", () => undefined);
  return {
    port: (net.address() as AddressInfo).port,
    stop: () => new Promise<void>((resolve) => smtp.close(() => resolve())),
  };
}

async function receive(mailbox: Mailbox, stream: Readable, session: SMTPServerSession) {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const mail = await PostalMime.parse(Buffer.concat(chunks));
  mailbox.add({
    from: mail.from?.address ?? (session.envelope.mailFrom || { address: "" }).address,
    to: session.envelope.rcptTo.map(({ address }) => address.toLowerCase()),
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    html: mail.html ?? "",
    headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
  });
}
