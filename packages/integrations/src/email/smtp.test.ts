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

test("what its reader can do without carries its way out for mail programs; what it cannot has none", async () => {
  const { url, inboxUrl } = inject("smtp");
  const to = `reader-${crypto.randomUUID()}@example.com`;
  const sender = createSmtpSender(url, "Tintype <hello@tintype.local>");
  // Longer than a line of a mail may be.
  const unsubscribeUrl = `https://studio.example/unsubscribe?reader=${"r".repeat(40)}&signature=${"s".repeat(60)}`;
  await sender.send({ to, subject: "without", html: "h", text: "t" });
  await sender.send({ to, subject: "with", html: "h", text: "t", unsubscribeUrl });
  sender.close();

  const answer = await fetch(`${inboxUrl}/api/messages?to=${encodeURIComponent(to)}`);
  const mails = (await answer.json()) as { subject: string; headers: Record<string, string> }[];
  const headersOf = (wanted: string) => {
    const headers = mails.find(({ subject }) => subject === wanted)?.headers;
    return [headers?.["list-unsubscribe"], headers?.["list-unsubscribe-post"]];
  };
  expect(headersOf("with")).toEqual([`<${unsubscribeUrl}>`, "List-Unsubscribe=One-Click"]);
  expect(headersOf("without")).toEqual([undefined, undefined]);
});

test("a mail server that is not there is an error, not silence", async () => {
  const sender = createSmtpSender("smtp://127.0.0.1:1", "Tintype <hello@tintype.local>");
  const email = { to: "a@example.com", subject: "s", html: "h", text: "t" };
  await expect(sender.send(email)).rejects.toThrow(/ECONNREFUSED/);
});
