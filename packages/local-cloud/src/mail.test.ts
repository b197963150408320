import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createTransport } from "nodemailer";
import { afterEach, expect, test } from "vitest";
import { startMailCatcher } from "./mail.ts";
import { Mailbox } from "./smtp/mailbox.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-mail-"));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function start(dir = folder()) {
  const catcher = await startMailCatcher({ dir });
  cleanups.push(catcher.stop);
  const transport = createTransport(catcher.smtpUrl);
  const send = (to: string, subject: string, html = "") =>
    transport.sendMail({
      from: "Tintype <hello@tintype.local>",
      to,
      subject,
      text: `Reset: http://localhost/reset?a=1&b=2 — ${subject}`,
      html,
    });
  return { ...catcher, send };
}

test("a mail is there for its recipient only, in any script and case", async () => {
  const catcher = await start();
  await catcher.send("Ann@Example.test", "Пароль");
  await catcher.send("bob@example.test", "Other");

  const mail = await catcher.waitFor("ann@example.test", { timeoutMs: 30_000 });
  expect(mail).toMatchObject({ subject: "Пароль", from: "hello@tintype.local" });
  expect(mail.text).toContain("http://localhost/reset?a=1&b=2");
  const reply = await fetch(`${catcher.inboxUrl}/api/messages?to=BOB@example.test`);
  expect(await reply.json()).toMatchObject([{ subject: "Other" }]);
});

test("waiting for a mail ends when it comes, and after the time given", async () => {
  const catcher = await start();
  const waiting = catcher.waitFor("late@example.test", { timeoutMs: 30_000 });
  await catcher.send("late@example.test", "Here");
  expect((await waiting).subject).toBe("Here");
  await expect(catcher.waitFor("nobody@example.test", { timeoutMs: 10 })).rejects.toThrow(
    "no mail to nobody@example.test came within 10 ms",
  );
});

test("the inbox page shows links, and runs nothing a mail brings along", async () => {
  const catcher = await start();
  await catcher.send("ann@example.test", "<script>alert(1)</script>", "<script>alert(2)</script>");
  const list = await (await fetch(catcher.inboxUrl)).text();
  expect(list).not.toContain("<script>");

  const [mail] = catcher.messages();
  const page = await fetch(`${catcher.inboxUrl}/messages/${mail?.id}`);
  const body = await page.text();
  expect(page.headers.get("content-security-policy")).toBe("script-src 'none'");
  expect(body).toContain('href="http://localhost/reset?a=1&#38;b=2"');
  expect(body).not.toContain("<script>");
});

test("mails survive a restart, and only the newest are kept", async () => {
  const dir = folder();
  const mailbox = new Mailbox(dir, 3);
  const mail = { from: "a@a.test", to: ["b@b.test"], text: "", html: "", headers: {} };
  for (const subject of ["1", "2", "3", "4"]) mailbox.add({ ...mail, subject });

  expect(readdirSync(dir)).toHaveLength(3);
  const reopened = new Mailbox(dir, 3).list();
  expect(reopened.map(({ subject }) => subject)).toEqual(["4", "3", "2"]);
});
