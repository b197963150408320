import { expect, test } from "vitest";
import { canonicalAddress } from "./canonical-address.ts";

test.each([
  ["Ann@Example.com", "ann@example.com"],
  ["ann+one@example.com", "ann@example.com"],
  ["ann+one+two@example.com", "ann@example.com"],
  ["a.nn@example.com", "a.nn@example.com"],
  ["a-n_n@example.com", "a-n_n@example.com"],
  ["a.n.n+x@gmail.com", "ann@gmail.com"],
  ["a.nn@GoogleMail.com", "ann@gmail.com"],
  ["ann@mail.gmail.com", "ann@mail.gmail.com"],
  ["ann+x@outlook.com", "ann@outlook.com"],
  ["ann+x@hotmail.co.uk", "ann@hotmail.co.uk"],
  ["ann+x@live.fr", "ann@live.fr"],
  ["a.nn@outlook.com", "a.nn@outlook.com"],
  ["ann-shop@yahoo.com", "ann@yahoo.com"],
  ["ann-shop-2+x@yahoo.co.uk", "ann@yahoo.co.uk"],
  ["ann-shop@ymail.com", "ann@ymail.com"],
  ["a.nn@yahoo.com.br", "a.nn@yahoo.com.br"],
  ["ann-shop@notyahoo.com", "ann-shop@notyahoo.com"],
  ["ann-shop@yahoo.example.com", "ann-shop@yahoo.example.com"],
  ["ann+x@me.com", "ann@icloud.com"],
  ["ann@mac.com", "ann@icloud.com"],
  ["a.nn@icloud.com", "a.nn@icloud.com"],
  ["ann+x@fastmail.com", "ann@fastmail.com"],
  ["shop@ann.fastmail.com", "ann@fastmail.com"],
  ["shop+x@ann.fastmail.fm", "ann@fastmail.fm"],
  ["shop@ann.fastmail.co.uk", "ann@fastmail.co.uk"],
  ["ann@fastmail.fm", "ann@fastmail.fm"],
  ["a.n-n_+x@protonmail.com", "ann@proton.me"],
  ["ann@pm.me", "ann@proton.me"],
  ["ann@protonmail.ch", "ann@proton.me"],
  ["ann+x@zohomail.com", "ann@zohomail.com"],
  ["ann+x@zoho.eu", "ann@zoho.eu"],
  ["a.n-n+x@yandex.com", "ann@yandex.ru"],
  ["a-n.n@ya.ru", "ann@yandex.ru"],
  ["ann@yandex.com.tr", "ann@yandex.ru"],
  ["ann@yandex.example", "ann@yandex.example"],
  ["ann+x@mail.ru", "ann@mail.ru"],
])("%s is the mailbox of %s", (email, mailbox) => {
  expect(canonicalAddress(email)).toBe(mailbox);
  expect(canonicalAddress(mailbox)).toBe(mailbox);
});

test("names that are nothing but a tag stay different people", () => {
  for (const domain of ["example.com", "yahoo.com", "gmail.com", "proton.me"]) {
    expect(canonicalAddress(`+a@${domain}`)).not.toBe(canonicalAddress(`+b@${domain}`));
    expect(canonicalAddress(`-a@${domain}`)).not.toBe(canonicalAddress(`-b@${domain}`));
  }
});
