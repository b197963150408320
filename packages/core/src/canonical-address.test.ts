import { expect, test } from "vitest";
import { canonicalAddress } from "./canonical-address.ts";

test.each([
  ["Ann@Example.com", "ann@example.com"],
  ["ann+one@example.com", "ann@example.com"],
  ["ann+one+two@example.com", "ann@example.com"],
  ["a.n.n+x@gmail.com", "ann@gmail.com"],
  ["a.nn@GoogleMail.com", "ann@gmail.com"],
  ["a.nn@example.com", "a.nn@example.com"],
  ["ann@mail.gmail.com", "ann@mail.gmail.com"],
])("%s is the mailbox of %s", (email, mailbox) => {
  expect(canonicalAddress(email)).toBe(mailbox);
});

test("a mailbox in its canonical form keeps it", () => {
  for (const email of ["ann@gmail.com", "a.b@example.com"]) {
    expect(canonicalAddress(canonicalAddress(email))).toBe(email);
  }
});
