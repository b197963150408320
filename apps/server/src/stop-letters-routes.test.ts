import { randomUUID } from "node:crypto";
import { userPreferences } from "@tintype/db/schema";
import { stopLettersLink } from "@tintype/services/mail/stop-letters-link";
import { describe, expect, test } from "vitest";
import { ORIGIN, TestBrowser, useTestServer } from "./testing.ts";

const LINK_SECRET = "a secret that only these tests know";
const server = useTestServer({ LINK_SECRET });

const ONE_CLICK = {
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: "List-Unsubscribe=One-Click",
};
/** As a mail program does it: no cookie, no origin. */
const post = (link: string) => server.app.request(link, ONE_CLICK);
const linkOf = (userId: string, secret = LINK_SECRET) =>
  stopLettersLink({ publicUrl: ORIGIN, secret }, { userId, locale: "en" });

async function newReader() {
  const browser = new TestBrowser(server.app);
  await browser.signUp();
  const id = String((await browser.query("auth.me")).data?.id);
  const settings = async () => (await browser.query("settings.get")).data;
  return { id, browser, settings, link: linkOf(id) };
}
const preferences = () => server.database.db.select().from(userPreferences);

describe("the way out of letters", () => {
  test("one click stops them, and once more; nothing else is changed, and its owner can take it back", async () => {
    const [reader, other] = [await newReader(), await newReader()];
    await reader.browser.mutate("settings.update", { timeZone: "Asia/Tokyo" });
    const before = (await preferences()).find(({ userId }) => userId === reader.id);
    for (let times = 0; times < 2; times += 1) {
      expect((await post(reader.link)).status).toBe(200);
      expect(await reader.settings()).toEqual({
        ...{ emailNotifications: false, timeZone: "Asia/Tokyo" },
      });
    }
    const after = (await preferences()).find(({ userId }) => userId === reader.id);
    expect({ ...after, emailNotifications: true, updatedAt: before?.updatedAt }).toEqual(before);
    expect(await other.settings()).toMatchObject({ emailNotifications: true });
    await reader.browser.mutate("settings.update", { emailNotifications: true });
    expect(await reader.settings()).toMatchObject({ emailNotifications: true });
  });

  test("whoever has never chosen anything can stop them, too, also with the form as multipart", async () => {
    const reader = await newReader();
    const body = new FormData();
    body.set("List-Unsubscribe", "One-Click");
    expect((await server.app.request(reader.link, { method: "POST", body })).status).toBe(200);
    expect(await reader.settings()).toMatchObject({ emailNotifications: false });
  });

  test("being opened, even often, changes nothing: the page asks, in the letter's language", async () => {
    const reader = await newReader();
    for (const method of ["GET", "HEAD", "GET"]) {
      const opened = await server.app.request(reader.link, { method });
      expect(opened.status).toBe(200);
      expect(opened.headers.get("cache-control")).toBe("no-store");
      if (method === "GET") expect(await opened.text()).toContain('<form method="post">');
    }
    const russian = await server.app.request(reader.link.replace("locale=en", "locale=ru"));
    expect(await russian.text()).toContain('<html lang="ru">');
    expect(await reader.settings()).toMatchObject({ emailNotifications: true });
    expect((await preferences()).some(({ userId }) => userId === reader.id)).toBe(false);
  });

  test("a forged or foreign link changes nothing, and is answered alike for a user and for nobody", async () => {
    const [reader, other] = [await newReader(), await newReader()];
    const withReader = (link: string, userId: string) => {
      const url = new URL(link);
      url.searchParams.set("reader", userId);
      return url.href;
    };
    const links = [reader.id, randomUUID(), "nobody"].flatMap((userId) => [
      linkOf(userId, `${LINK_SECRET}!`),
      withReader(other.link, userId),
      linkOf(userId).replace(/signature=[^&]+/, "signature="),
      linkOf(userId).replace(
        /signature=(.)/,
        (_, first) => `signature=${first === "A" ? "B" : "A"}`,
      ),
      linkOf(userId).replace(/signature=[^&]+/, (all) => all.slice(0, -4)),
      linkOf(userId).replace(/&signature=[^&]+/, ""),
      linkOf(userId).replace("reader=", "reader=x&reader="),
    ]);
    const answers = new Set<string>();
    for (const link of [...links, `${ORIGIN}/unsubscribe`]) {
      for (const answer of [await post(link), await server.app.request(link)]) {
        const headers = [...answer.headers].filter(([name]) => name !== "x-request-id");
        answers.add(JSON.stringify([answer.status, headers, await answer.text()]));
      }
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).toMatch(/^\[400,.*This link does not work/);
    for (const { settings } of [reader, other]) {
      expect(await settings()).toMatchObject({ emailNotifications: true });
    }
    // A right signature for somebody who is gone is answered as any other, and nobody is made by it.
    expect((await post(linkOf(randomUUID()))).status).toBe(200);
  });
});
