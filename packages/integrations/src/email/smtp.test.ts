import "@tintype/local-cloud/testing";
import { expect, inject, test } from "vitest";
import { createSmtpSender } from "./smtp.ts";

test("a message arrives whole: sender, subject, both bodies, both alphabets", async () => {
  const { url, inboxUrl } = inject("smtp");
  const to = `reader-${crypto.randomUUID()}@example.com`;
  const sender = createSmtpSender(url, "Tintype <hello@tintype.local>");

  await sender.send({ to, subject: "Пароль ✓", html: "<p>Привет</p>", text: "Привет" });
  sender.close();

  const answer = await fetch(`${inboxUrl}/api/messages?to=${encodeURIComponent(to)}`);
  const messages = JSON.stringify(await answer.json());
  for (const part of ["Пароль ✓", "Привет", "hello@tintype.local"])
    expect(messages).toContain(part);
});

test("a mail server that is not there is an error, not silence", async () => {
  const sender = createSmtpSender("smtp://127.0.0.1:1", "Tintype <hello@tintype.local>");
  const email = { to: "a@example.com", subject: "s", html: "h", text: "t" };
  await expect(sender.send(email)).rejects.toThrow(/ECONNREFUSED/);
});
